using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Users;

/// <summary>Two messages a day for Basic, no limit for Pro.</summary>
public sealed class UsageTests(UsageTests.LimitedGatewayFixture gateway) : IClassFixture<UsageTests.LimitedGatewayFixture>
{
    private const string Hello = """{"content":"Hello"}""";
    private const int SecondsOfADay = 24 * 60 * 60;

    [Fact]
    public async Task A_message_beyond_the_limit_is_refused_with_the_limit_and_its_reset()
    {
        var (person, room) = await NewUserWithRoom();
        Assert.Equal(HttpStatusCode.Accepted, (await person.Send(HttpMethod.Post, room, Hello)).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await person.Send(HttpMethod.Post, room, Hello)).StatusCode);

        var refused = await person.Send(HttpMethod.Post, room, Hello);

        Assert.Contains("2 messages a day of Basic", await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        var wait = (int)refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        Assert.InRange(wait, 1, SecondsOfADay);
        Assert.Equal("\"messages\";q=2;w=86400", Assert.Single(refused.Headers.GetValues("RateLimit-Policy")));
        Assert.Equal($"\"messages\";r=0;t={wait}", Assert.Single(refused.Headers.GetValues("RateLimit")));
    }

    [Fact]
    public async Task The_refusal_names_the_limit_in_its_body()
    {
        var (person, room) = await NewUserWithRoom();
        await person.Send(HttpMethod.Post, room, Hello);
        await person.Send(HttpMethod.Post, room, Hello);

        var problem = await (await person.Send(HttpMethod.Post, room, Hello, accept: "text/event-stream")).ReadJsonAsync();

        Assert.Equal(2, problem.GetProperty("limit").GetInt32());
        Assert.Equal(2, problem.GetProperty("used").GetInt32());
        Assert.Equal(Midnight(), problem.GetProperty("resets_at").GetDateTimeOffset());
    }

    [Fact]
    public async Task The_usage_of_the_day_is_reported()
    {
        var (person, room) = await NewUserWithRoom();
        await person.Send(HttpMethod.Post, room, Hello);

        var answer = await person.Send(HttpMethod.Get, "/user/usage");

        var usage = await answer.ReadJsonAsync();
        Assert.Equal(["tier", "limit", "used", "remaining", "resets_at", "search_limit"], usage.Names());
        Assert.Equal(("Basic", 2, 1, 1), (usage.Text("tier"), usage.GetProperty("limit").GetInt32(),
            usage.GetProperty("used").GetInt32(), usage.GetProperty("remaining").GetInt32()));
        Assert.Equal(Midnight(), usage.GetProperty("resets_at").GetDateTimeOffset());
        Assert.Equal("\"messages\";q=2;w=86400", Assert.Single(answer.Headers.GetValues("RateLimit-Policy")));
        Assert.StartsWith("\"messages\";r=1;t=", Assert.Single(answer.Headers.GetValues("RateLimit")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_daily_limit_no_remaining_count_is_reported()
    {
        var (person, room) = await NewUserWithRoom();
        var me = await (await person.Send(HttpMethod.Get, "/user/me")).ReadJsonAsync();
        await gateway.Grains.User(Guid.Parse(me.Text("id"))).SetTier(new TierGrant(Tier.Pro, ValidUntil: null, Version: 1));
        await person.Send(HttpMethod.Post, room, Hello);

        var answer = await person.Send(HttpMethod.Get, "/user/usage");

        Assert.Matches(
            """^\{"tier":"Pro","limit":0,"used":1,"remaining":null,"resets_at":"[^"]+","search_limit":1000\}$""", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("RateLimit"));
        me = await (await person.Send(HttpMethod.Get, "/user/me")).ReadJsonAsync();
        Assert.Equal("Pro", me.Text("subscription"));
    }

    [Fact]
    public async Task Deleting_an_account_and_signing_up_again_does_not_reset_the_daily_usage()
    {
        var (person, room) = await NewUserWithRoom();
        await person.Send(HttpMethod.Post, room, Hello);
        await person.Send(HttpMethod.Post, room, Hello);
        var proof = JsonSerializer.Serialize(new { password = ApiUser.Password });
        Assert.Equal(HttpStatusCode.NoContent, (await person.Send(HttpMethod.Delete, "/user/me", proof)).StatusCode);
        await WaitUntilNumberIsFree(person);

        var again = await person.Clone().SignIn();
        var usage = await (await again.Send(HttpMethod.Get, "/user/usage")).ReadJsonAsync();
        Assert.Equal((2, 0), (usage.GetProperty("used").GetInt32(), usage.GetProperty("remaining").GetInt32()));
        var refused = await again.Send(HttpMethod.Post, $"/chatroom/{await again.NewRoom()}/message", Hello);
        await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Usage_requires_a_token()
    {
        using var stranger = gateway.CreateAnonymousClient();
        await (await stranger.GetAsync("/user/usage")).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    /// <summary>Waits until a deleted user's number can be signed up with.</summary>
    private static async Task WaitUntilNumberIsFree(ApiUser person)
    {
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var signUp = new { name = "Ada", mobile_number = person.Number, password = ApiUser.Password };
        while ((await person.Post("/auth/signup", signUp)).StatusCode is HttpStatusCode.Conflict)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    private DateTimeOffset Midnight() => new(gateway.Time.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

    private async Task<(ApiUser Person, string Messages)> NewUserWithRoom()
    {
        var person = await gateway.NewUser().SignUpAndVerify();
        return (person, $"/chatroom/{await person.NewRoom()}/message");
    }

    public sealed class LimitedGatewayFixture() : GatewayFixture(["--BASIC_DAILY_MESSAGES=2", "--PRO_DAILY_MESSAGES=0"], hasOwnSilo: true);
}
