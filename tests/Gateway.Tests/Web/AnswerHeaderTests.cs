using System.Net;
using System.Net.Http.Headers;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Tests.OpenApi;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>What answers tell caches and browsers.</summary>
public sealed class AnswerHeaderTests(GatewayFixture gateway)
{
    [Fact]
    public async Task Responses_that_require_or_contain_a_token_are_not_cacheable()
    {
        var document = await ApiDocument.ReadAsync(gateway.CreateAnonymousClient());
        var user = await gateway.NewUserWithRoom();
        foreach (var one in document.Operations.Where(one => one.NeedsToken || one.ExamplePath.StartsWith("/auth/", StringComparison.Ordinal)))
        {
            foreach (var client in new[] { gateway.CreateAnonymousClient(), user.Client })
            {
                using var request = new HttpRequestMessage(new HttpMethod(one.Method), one.ExamplePath);
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                Assert.True(answer.Headers.CacheControl?.NoStore, $"{one} {answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task The_room_list_is_not_cacheable_and_still_answers_304_to_its_ETag()
    {
        var user = await gateway.NewUserWithRoom();
        var list = await user.Client.GetAsync("/chatroom");
        Assert.True(list.Headers.CacheControl!.NoStore);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/chatroom");
        again.Headers.IfNoneMatch.Add(list.Headers.ETag!);

        Assert.Equal(HttpStatusCode.NotModified, (await user.Client.SendAsync(again)).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/message/2", "application/json")]
    [InlineData("GET", "/message/2", "text/event-stream")]
    [InlineData("GET", "/message/9", "application/json")]
    [InlineData("GET", "/export", "text/markdown")]
    [InlineData("POST", "/message", "application/json")]
    [InlineData("POST", "/message/9/regenerate", "text/plain")]
    public async Task Responses_that_depend_on_Accept_have_Vary(string method, string path, string accept)
    {
        var user = await gateway.NewUserWithRoom();
        await user.Room.AskAndAnswer("Hi", "Hello");
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{user.RoomPath}{path}")
        {
            Content = method == "POST" ? HttpTestExtensions.Json("""{"content":"Hi"}""") : null,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));

        using var answer = await user.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Contains("Accept", answer.Headers.Vary);
    }

    [Fact]
    public async Task A_refusal_says_that_the_route_depends_on_Accept()
    {
        var answer = await gateway.CreateAnonymousClient().GetAsync($"{(await gateway.NewUserWithRoom()).RoomPath}/message/2");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("Accept", answer.Headers.Vary);
    }

    [Theory]
    [InlineData("365", "https", true, "max-age=31536000")]
    [InlineData("365", "http", true, null)]
    [InlineData("365", "https", false, null)]
    [InlineData("0", "https", true, null)]
    [InlineData("", "https", true, null)]
    public async Task HSTS_is_sent_when_it_is_configured_and_the_request_came_over_https(
        string days, string scheme, bool isTrusted, string? expected)
    {
        await using var own = await GatewayFixture.StartAsync(
            [$"--HSTS_MAX_AGE_DAYS={days}", $"--TRUSTED_PROXIES={(isTrusted ? "127.0.0.1" : "192.0.2.1")}"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "chat.example.org" } };
        request.Headers.Add("X-Forwarded-Proto", scheme);
        request.Headers.Add("X-Forwarded-For", "198.51.100.1");

        var answer = await own.CreateAnonymousClient().SendAsync(request);

        Assert.Equal(expected, answer.Headers.TryGetValues("Strict-Transport-Security", out var sent) ? sent.Single() : null);
    }
}
