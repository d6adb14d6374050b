using System.Net;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>What one user may ask of a gateway.</summary>
public sealed class UserLimitTests(GatewayFixture gateway, UserLimitTests.OneRequestGatewayFixture strict)
    : IClassFixture<UserLimitTests.OneRequestGatewayFixture>
{
    [Fact]
    public async Task A_user_over_the_rate_limit_is_refused_until_the_bucket_refills_and_others_are_not()
    {
        await using var own = await GatewayFixture.StartAsync(["--USER_REQUESTS_PER_MINUTE=20"]);
        var user = await own.NewUserWithRoom();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => user.Client.GetAsync("/user/me")));

        Assert.InRange(answers.Count(answer => answer.StatusCode is HttpStatusCode.OK), 20, 100);
        var refused = answers.First(answer => answer.StatusCode is not HttpStatusCode.OK);
        Assert.Contains("20 requests a minute", await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("\"requests\";q=20;w=60", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.StartsWith("\"requests\";r=0;t=", refused.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await (await own.NewUserWithRoom()).Client.GetAsync("/user/me")).StatusCode);
    }

    [Theory]
    [InlineData("PATCH", "/chatroom/019c143a-6180-7b01-a3e5-90c1d27f64b8")]
    [InlineData("GET", "/events")]
    [InlineData("POST", "/payments/portal")]
    [InlineData("GET", "/nowhere")]
    public async Task Every_request_with_a_token_counts_for_the_user_limit(string method, string path)
    {
        var user = await strict.NewUserWithRoom();
        using var deadline = Deadline.Start();
        while ((await user.Client.GetAsync("/user/me", deadline.Token)).StatusCode is not HttpStatusCode.TooManyRequests)
        {
            // The bucket holds one token.
        }

        var answer = await user.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), deadline.Token);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
    }

    [Fact]
    public async Task With_a_limit_of_0_no_request_is_refused()
    {
        var user = await gateway.NewUserWithRoom();

        var answers = await Task.WhenAll(Enumerable.Range(0, 700).Select(_ => user.Client.GetAsync("/user/me")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_user_may_follow_a_hundred_replies_and_a_message_beyond_them_is_not_stored()
    {
        var user = await gateway.NewUserWithRoom();
        await user.Room.Ask();
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < RequestOptions.DefaultReplyStreams; i++)
        {
            open.Add(await SseReader.SendAsync(user, lastEventId: null));
            Assert.Equal(HttpStatusCode.OK, open[^1].StatusCode);
        }

        await (await SseReader.SendAsync(user, lastEventId: null)).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        foreach (var accept in new[] { "text/event-stream", "text/plain" })
        {
            var post = await user.Client.PostJsonAsync(user.MessagesPath, """{"content":"Hi"}""", accept: accept);
            Assert.Contains("100 reply streams", await post.ReadProblemAsync(HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        }

        Assert.Single(await user.Room.Questions());
        Assert.Equal(HttpStatusCode.Accepted, (await user.Client.PostJsonAsync(user.MessagesPath, """{"content":"Hi"}""")).StatusCode);

        open.ForEach(response => response.Dispose());
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await SseReader.SendAsync(user, lastEventId: null)).StatusCode is not HttpStatusCode.OK)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    public sealed class OneRequestGatewayFixture() : GatewayFixture(["--USER_REQUESTS_PER_MINUTE=1"]);
}
