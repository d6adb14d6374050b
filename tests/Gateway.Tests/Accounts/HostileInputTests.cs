using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace GeminiChat.Gateway.Tests.Accounts;

/// <summary>Bodies and connections that mean harm, at the routes that anybody may call.</summary>
public sealed class HostileInputTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    public static TheoryData<string> Paths =>
        ["signup", "send-otp", "verify-otp", "login", "refresh", "forgot-password", "reset-password"];

    [Theory, MemberData(nameof(Paths))]
    public async Task Whatever_a_body_holds_it_is_refused_in_the_words_of_a_problem(string path)
    {
        using var http = gateway.Stranger();
        var deep = new string('[', 1000) + new string(']', 1000);
        foreach (var body in new[] { "", "null", "[]", "1e400", "\"a\"", "{}", "{\"mobile_number\":1e400}", $"{{\"a\":{deep}}}",
            "{\"mobile_number\":\"a\",\"mobile_number\":\"b\"}", "{}x", "\ufeff{}", "{\"mobile_number\":\"\\ud800\"}" })
        {
            await (await http.PostAsync($"/auth/{path}", Answers.Json(body))).ProblemAsync(HttpStatusCode.BadRequest);
        }

        using var broken = new ByteArrayContent([(byte)'{', 0xff, (byte)'}']);
        broken.Headers.ContentType = new("application/json");
        await (await http.PostAsync($"/auth/{path}", broken)).ProblemAsync(HttpStatusCode.BadRequest);
        await (await http.PostAsync($"/auth/{path}", new StringContent("{}", Encoding.UTF8, "text/plain")))
            .ProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await (await http.PostAsync($"/auth/{path}", Answers.Json(new string('x', (128 * 1024) + 1)))).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData('!')]
    [InlineData('=')]
    [InlineData(' ')]
    [InlineData('A')]
    [InlineData('\u00e9')]
    public async Task A_token_or_cursor_that_is_none_is_no_fault_of_the_server(char letter)
    {
        using var http = gateway.Stranger();
        var text = new string(letter, 107);
        foreach (var token in new[] { text, new string('A', 106) + letter })
        {
            var refresh = await http.PostAsync("/auth/refresh", Answers.Json(JsonSerializer.Serialize(new { refresh_token = token })));
            await refresh.ProblemAsync(HttpStatusCode.Unauthorized);
            var login = await http.PostAsync("/auth/login", Answers.Json(JsonSerializer.Serialize(
                new { mobile_number = "+14155550123", password = "not the right one", device_token = token })));
            await login.ProblemAsync(HttpStatusCode.Unauthorized);
        }

        var list = await gateway.NewUser().Client.GetAsync($"/chatroom?cursor={Uri.EscapeDataString(text[..32])}");
        Assert.True(list.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.OK, $"{list.StatusCode}");
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task Thirty_declared_megabytes_are_refused_at_once_and_not_read(string path)
    {
        // They never come: whoever is answered 413 was not waited for.
        using var client = new RawClient(gateway.Address);
        var answer = await client.SendAsync(
            $"POST /auth/{path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 31457280\r\nConnection: close\r\n\r\n{{");
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_end_is_cut_at_the_limit()
    {
        using var http = gateway.Stranger();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/login") { Content = new Endless() };
        request.Headers.TransferEncodingChunked = true;
        try
        {
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The server has closed while the client was still writing.
        }
    }

    [Fact]
    public async Task A_compressed_bomb_is_not_unpacked()
    {
        using var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await zip.WriteAsync(new byte[30 * 1024 * 1024]);
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        await (await gateway.Stranger().PostAsync("/auth/login", content)).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Connections_that_dawdle_over_their_headers_are_closed_and_meanwhile_others_are_served()
    {
        var clock = Stopwatch.GetTimestamp();
        var slow = Enumerable.Range(0, 500).Select(_ => new TcpClient(gateway.Address.Host, gateway.Address.Port)).ToList();
        var closed = slow.Select(DawdleAsync).ToList();
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await gateway.Stranger().GetAsync("/health/live")).StatusCode);
        }

        await Task.WhenAll(closed).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(Stopwatch.GetElapsedTime(clock) > TimeSpan.FromSeconds(8));
        slow.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task A_body_that_drips_is_cut()
    {
        using var connection = new TcpClient(gateway.Address.Host, gateway.Address.Port);
        var stream = connection.GetStream();
        await stream.WriteAsync("POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        await UntilClosedAsync(stream).WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Sends the beginning of a request, and waits for the server to lose patience.</summary>
    private static async Task DawdleAsync(TcpClient connection)
    {
        var stream = connection.GetStream();
        await stream.WriteAsync("GET / HTTP/1.1\r\nH"u8.ToArray());
        await UntilClosedAsync(stream);
    }

    private static async Task UntilClosedAsync(NetworkStream stream)
    {
        try
        {
            while (await stream.ReadAsync(new byte[1024]) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Closed by force is closed.
        }
    }

    private sealed class Endless : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var piece = new byte[16 * 1024];
            Array.Fill(piece, (byte)' ');
            while (true)
            {
                await stream.WriteAsync(piece);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
