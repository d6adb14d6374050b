using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Tests.OpenApi;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>What pages of other origins can call and read.</summary>
public sealed class CrossOriginTests(GatewayFixture gateway)
{
    private const string Origin = "http://localhost:5173";
    private const string AllowOrigin = "Access-Control-Allow-Origin";

    private static readonly string[] SentHeaders =
        ["authorization", "content-type", "accept", "idempotency-key", "if-match", "if-none-match", "last-event-id", "range", "traceparent"];

    [Fact]
    public async Task A_page_of_an_allowed_origin_can_read_every_answer_of_every_route()
    {
        var document = await ApiDocument.ReadAsync(gateway.CreateAnonymousClient());
        var user = await gateway.NewUser().SignIn();
        foreach (var client in new[] { gateway.CreateAnonymousClient(), user.Client })
        {
            foreach (var one in document.Operations)
            {
                using var answer = await Send(client, new HttpMethod(one.Method), one.ExamplePath);
                AssertReadable(answer, $"{one}, {answer.StatusCode}");
            }
        }
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/main.js")]
    [InlineData("GET", "/docs/index.html")]
    [InlineData("GET", "/nowhere")]
    [InlineData("DELETE", "/auth/login")]
    [InlineData("POST", "/auth/login")]
    [InlineData("HEAD", "/chatroom")]
    public async Task Pages_and_problems_of_the_framework_can_be_read_too(string method, string path)
    {
        using var answer = await Send(gateway.CreateAnonymousClient(), new HttpMethod(method), path);

        AssertReadable(answer, $"{method} {path}");
    }

    [Fact]
    public async Task A_preflight_of_every_route_needs_no_token_and_counts_for_no_limit()
    {
        await using var limited = await GatewayFixture.StartAsync(["--AUTH_REQUESTS_PER_MINUTE_PER_IP=1"]);
        var client = limited.CreateAnonymousClient();
        foreach (var one in (await ApiDocument.ReadAsync(client)).Operations)
        {
            using var answer = await Preflight(client, one.ExamplePath, one.Method, Origin);

            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal([Origin], answer.Headers.GetValues(AllowOrigin));
            Assert.Contains(one.Method, answer.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
            Assert.Equal(["7200"], answer.Headers.GetValues("Access-Control-Max-Age"));
            var allowed = answer.Headers.GetValues("Access-Control-Allow-Headers").Single().ToUpperInvariant().Split(',');
            Assert.Empty(SentHeaders.Select(name => name.ToUpperInvariant()).Except(allowed));
        }
    }

    [Fact]
    public async Task The_headers_that_a_client_needs_are_exposed()
    {
        using var answer = await Send(gateway.CreateAnonymousClient(), HttpMethod.Get, "/chatroom");

        Assert.Equal(
            ["Location", "Retry-After", "RateLimit", "RateLimit-Policy", "ETag", "Link", "X-Vercel-AI-UI-Message-Stream", "traceparent"],
            answer.Headers.GetValues("Access-Control-Expose-Headers").Single().Split(','), StringComparer.OrdinalIgnoreCase);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("https://evil.example.com")]
    [InlineData("null")]
    public async Task A_page_of_another_origin_can_read_nothing(string origin)
    {
        var client = gateway.CreateAnonymousClient();

        using var answer = await Send(client, HttpMethod.Get, "/health/live", origin);
        using var preflight = await Preflight(client, "/chatroom", "POST", origin);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains(AllowOrigin));
        Assert.False(preflight.Headers.Contains(AllowOrigin));
        Assert.Contains("Origin", answer.Headers.Vary);
    }

    [Fact]
    public async Task Every_answer_varies_by_origin_once()
    {
        var client = gateway.CreateAnonymousClient();
        foreach (var origin in new[] { null, Origin })
        {
            using var answer = await Send(client, HttpMethod.Get, "/", origin);

            Assert.Single(answer.Headers.Vary, "Origin");
        }
    }

    [Fact]
    public async Task Limits_faults_and_refused_bodies_can_be_read()
    {
        await using var limited = await GatewayFixture.StartAsync(["--AUTH_REQUESTS_PER_MINUTE_PER_IP=1", "--USER_REQUESTS_PER_MINUTE=1"]);
        var client = limited.CreateAnonymousClient();
        await AssertReadable(HttpStatusCode.UnsupportedMediaType, client, "/auth/login", new StringContent("no JSON"));
        await AssertReadable(HttpStatusCode.BadRequest, client, "/auth/login", HttpTestExtensions.Json("{}"));
        await AssertReadable(HttpStatusCode.TooManyRequests, client, "/auth/login", HttpTestExtensions.Json("{}"));
        var user = await limited.NewUserWithRoom();
        await AssertReadable(HttpStatusCode.RequestEntityTooLarge, user.Client, "/chatroom", HttpTestExtensions.Json($"\"{new string('a', 200_000)}\""));
        await AssertReadable(HttpStatusCode.TooManyRequests, user.Client, "/chatroom", HttpTestExtensions.Json("{}"));
    }

    [Fact]
    public async Task A_stream_can_be_read()
    {
        var user = await gateway.NewUserWithRoom();
        await user.Room.Ask();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{user.MessagesPath}/2");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        request.Headers.TryAddWithoutValidation("Origin", Origin);

        using var answer = await user.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        AssertReadable(answer, "the stream");
    }

    [Fact]
    public async Task Outside_Development_no_page_of_another_origin_can_read_anything()
    {
        await using var production = await GatewayFixture.StartAsync(["--environment=Production"]);
        var client = production.CreateAnonymousClient();

        using var answer = await Send(client, HttpMethod.Get, "/health/live");
        using var preflight = await Preflight(client, "/chatroom", "POST", Origin);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains(AllowOrigin));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, preflight.StatusCode);
    }

    [Fact]
    public async Task Outside_Development_the_origins_of_the_setting_are_allowed_and_those_of_the_machine_are_not()
    {
        await using var production = await GatewayFixture.StartAsync(["--environment=Production", "--CORS_ORIGINS=https://app.example.com,https://*.example.org"]);
        var client = production.CreateAnonymousClient();
        foreach (var (origin, isAllowed) in new[] { ("https://app.example.com", true), ("https://a.example.org", true), (Origin, false) })
        {
            using var answer = await Send(client, HttpMethod.Get, "/health/live", origin);

            Assert.Equal(isAllowed, answer.Headers.Contains(AllowOrigin));
        }
    }

    private static void AssertReadable(HttpResponseMessage answer, string what)
    {
        Assert.True(answer.Headers.TryGetValues(AllowOrigin, out var allowed), what);
        Assert.Equal([Origin], allowed);
    }

    private static async Task AssertReadable(HttpStatusCode expected, HttpClient client, string path, HttpContent body)
    {
        using var answer = await Send(client, HttpMethod.Post, path, Origin, body);
        Assert.Equal(expected, answer.StatusCode);
        AssertReadable(answer, path);
    }

    private static Task<HttpResponseMessage> Send(HttpClient client, HttpMethod method, string path, string? origin = Origin, HttpContent? body = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body };
        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static Task<HttpResponseMessage> Preflight(HttpClient client, string path, string method, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", method);
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", string.Join(',', SentHeaders));
        return client.SendAsync(request);
    }
}
