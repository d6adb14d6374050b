using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Web;

public sealed class JsonBodyTests(GatewayFixture gateway)
{
    [Theory]
    [InlineData("{\"content\":\"a", "valid JSON")]
    [InlineData("{\"content\":\"a\"} {}", "valid JSON")]
    [InlineData("{\"content\":\"a\"}x", "valid JSON")]
    [InlineData("{\"content\":1e400}", "content must be a string")]
    [InlineData("{\"content\":{\"a\":1}}", "content must be a string")]
    [InlineData("{\"content\":[\"a\"]}", "content must be a string")]
    [InlineData("{\"content\":true}", "content must be a string")]
    [InlineData("{\"content\":null}", "content is required")]
    [InlineData("{}", "content is required")]
    [InlineData("{\"Content\":\"a\"}", "content is required")]
    [InlineData("{\"content\":\"a\",\"content\":\"b\"}", "twice")]
    [InlineData("{\"content\":\"\\ud800\"}", "content holds half of a surrogate pair")]
    [InlineData("{\"content\":\"\\udc00\\ud800\"}", "content holds half of a surrogate pair")]
    [InlineData("{\"content\":\"a\\u0000b\"}", "content must not hold the character NUL")]
    [InlineData("\"\"", "JSON object")]
    [InlineData("1", "JSON object")]
    [InlineData("[]", "JSON object")]
    [InlineData("null", "JSON object")]
    [InlineData("", "required")]
    [InlineData("   ", "valid JSON")]
    public async Task A_body_that_is_not_the_expected_object_is_refused_with_a_reason(string body, string expected)
    {
        var user = await gateway.NewUserWithRoom();

        var response = await user.Client.PostJsonAsync(user.MessagesPath, body);

        Assert.Contains(expected, await response.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Empty(await user.Room.Questions());
    }

    [Fact]
    public async Task Deep_nesting_is_refused_even_in_an_unknown_field()
    {
        var user = await gateway.NewUserWithRoom();
        var bomb = $$"""{"content":"a","other":{{new string('[', 1000)}}{{new string(']', 1000)}}}""";

        var response = await user.Client.PostJsonAsync(user.MessagesPath, bomb);

        Assert.Contains("valid JSON", await response.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"content\":\"?\"}")]
    [InlineData("{\"content\":\"a\",\"other\":\"?\"}")]
    public async Task Invalid_utf8_is_refused_wherever_it_is(string template)
    {
        var user = await gateway.NewUserWithRoom();
        var body = Encoding.ASCII.GetBytes(template);
        body[Array.IndexOf(body, (byte)'?')] = 0xFF;

        var response = await user.Client.PostAsync(user.MessagesPath, Json(body));

        Assert.Contains("UTF-8", await response.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_fields_are_ignored()
    {
        var user = await gateway.NewUserWithRoom();

        var response = await user.Client.PostJsonAsync(
            user.MessagesPath, """{"user_id":"someone else","content":"a","role":"system","nested":{"a":[1]}}""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(["a"], await user.Room.Questions());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Only_json_in_utf8_is_taken(string? type)
    {
        var user = await gateway.NewUserWithRoom();
        var content = new ByteArrayContent("{\"content\":\"a\"}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        var response = await user.Client.PostAsync(user.MessagesPath, content);

        await response.ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        var user = await gateway.NewUserWithRoom();
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("{\"content\":\"a\"}"u8);
        }

        var content = Json(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        var response = await user.Client.PostAsync(user.MessagesPath, content);

        await response.ReadProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_128_KB_is_too_large_whether_or_not_its_length_is_declared(bool declared)
    {
        var user = await gateway.NewUserWithRoom();
        var content = Json(Encoding.ASCII.GetBytes($$"""{"content":"{{new string('a', 128 * 1024)}}"}"""));
        var request = new HttpRequestMessage(HttpMethod.Post, user.MessagesPath) { Content = content };
        request.Headers.TransferEncodingChunked = !declared;

        var response = await user.Client.SendAsync(request);

        Assert.Contains("128 KB", await response.ReadProblemAsync(HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_content_of_maximum_length_is_accepted_unchanged()
    {
        var user = await gateway.NewUserWithRoom();
        var longest = string.Concat(Enumerable.Repeat("\U0001F600", 16_000));

        var response = await user.Client.PostJsonAsync(user.MessagesPath, $$"""{"content":"{{longest}}"}""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal([longest], await user.Room.Questions());
        Assert.Equal(longest, (await response.ReadJsonAsync()).GetProperty("message").Text("content"));
    }

    private static ByteArrayContent Json(byte[] body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
