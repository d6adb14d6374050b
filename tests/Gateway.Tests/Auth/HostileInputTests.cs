using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Bodies and connections that mean harm, at the routes that anybody may call.</summary>
public sealed class HostileInputTests(GatewayFixture gateway)
{
    public static TheoryData<string> Paths =>
        ["signup", "send-otp", "verify-otp", "login", "refresh", "forgot-password", "reset-password"];

    [Theory, MemberData(nameof(Paths))]
    public async Task Any_malformed_body_is_refused_with_problem_details(string path)
    {
        using var http = gateway.CreateAnonymousClient();
        var deep = new string('[', 1000) + new string(']', 1000);
        foreach (var body in new[] { "", "null", "[]", "1e400", "\"a\"", "{}", "{\"mobile_number\":1e400}", $"{{\"a\":{deep}}}",
            "{\"mobile_number\":\"a\",\"mobile_number\":\"b\"}", "{}x", "\ufeff{}", "{\"mobile_number\":\"\\ud800\"}" })
        {
            await (await http.PostAsync($"/auth/{path}", HttpTestExtensions.Json(body))).ReadProblemAsync(HttpStatusCode.BadRequest);
        }

        using var broken = new ByteArrayContent([(byte)'{', 0xff, (byte)'}']);
        broken.Headers.ContentType = new("application/json");
        await (await http.PostAsync($"/auth/{path}", broken)).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await http.PostAsync($"/auth/{path}", new StringContent("{}", Encoding.UTF8, "text/plain")))
            .ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await (await http.PostAsync($"/auth/{path}", HttpTestExtensions.Json(new string('x', (128 * 1024) + 1)))).ReadProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData('!')]
    [InlineData('=')]
    [InlineData(' ')]
    [InlineData('A')]
    [InlineData('\u00e9')]
    public async Task A_malformed_token_or_cursor_never_causes_a_500(char letter)
    {
        using var http = gateway.CreateAnonymousClient();
        var text = new string(letter, 107);
        foreach (var token in new[] { text, new string('A', 106) + letter })
        {
            var refresh = await http.PostAsync("/auth/refresh", HttpTestExtensions.Json(JsonSerializer.Serialize(new { refresh_token = token })));
            await refresh.ReadProblemAsync(HttpStatusCode.Unauthorized);
            var login = await http.PostAsync("/auth/login", HttpTestExtensions.Json(JsonSerializer.Serialize(
                new { mobile_number = TestNumber.Next(), password = "not the right one", device_token = token })));
            await login.ReadProblemAsync(HttpStatusCode.Unauthorized);
        }

        var list = await (await gateway.NewUserWithRoom()).Client.GetAsync($"/chatroom?cursor={Uri.EscapeDataString(text[..32])}");
        Assert.True(list.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.OK, $"{list.StatusCode}");
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task Thirty_declared_megabytes_are_refused_at_once_and_not_read(string path)
    {
        // They never come: whoever is answered 413 was not waited for.
        using var client = new RawHttpClient(gateway.Address);
        var answer = await client.SendAsync(
            $"POST /auth/{path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 31457280\r\nConnection: close\r\n\r\n{{");
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_body_is_refused_at_the_size_limit()
    {
        using var http = gateway.CreateAnonymousClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/login") { Content = new EndlessContent() };
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
    public async Task A_compressed_body_is_refused_without_decompression()
    {
        using var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await zip.WriteAsync(new byte[30 * 1024 * 1024]);
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        await (await gateway.CreateAnonymousClient().PostAsync("/auth/login", content)).ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Connections_with_slow_headers_are_closed_while_others_are_served()
    {
        var clock = Stopwatch.GetTimestamp();
        var slow = Enumerable.Range(0, 500).Select(_ => new TcpClient(gateway.Address.Host, gateway.Address.Port)).ToList();
        var closed = slow.Select(SendHeadersSlowlyAsync).ToList();
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await gateway.CreateAnonymousClient().GetAsync("/health/live")).StatusCode);
        }

        await Task.WhenAll(closed).WaitAsync(Deadline.Timeout);
        Assert.True(Stopwatch.GetElapsedTime(clock) > TimeSpan.FromSeconds(8));
        slow.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task A_body_that_arrives_too_slowly_is_refused()
    {
        using var connection = new TcpClient(gateway.Address.Host, gateway.Address.Port);
        var stream = connection.GetStream();
        await stream.WriteAsync("POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadLineAsync().WaitAsync(Deadline.Timeout);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        await WaitUntilClosedAsync(stream).WaitAsync(Deadline.Timeout);
    }

    /// <summary>Sends the beginning of a request, and waits for the server to lose patience.</summary>
    private static async Task SendHeadersSlowlyAsync(TcpClient connection)
    {
        var stream = connection.GetStream();
        await stream.WriteAsync("GET / HTTP/1.1\r\nH"u8.ToArray());
        await WaitUntilClosedAsync(stream);
    }

    private static async Task WaitUntilClosedAsync(NetworkStream stream)
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

    private sealed class EndlessContent : HttpContent
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
