using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Classes that share one gateway with a daily limit, which was killed.</summary>
[CollectionDefinition]
public sealed class SharedLimitedGateway : ICollectionFixture<LimitedGateway>;

/// <summary>
/// A gateway with few messages a day, which was killed after some had been given back, and started again with a lower
/// limit. Its model is on the other side of a proxy.
/// </summary>
public sealed class LimitedGateway : GatewayFixture
{
    /// <summary>The limit since the crash.</summary>
    public const int Limit = FormerLimit - 1;

    /// <summary>The limit before it.</summary>
    public const int FormerLimit = 10;

    private int _limit = FormerLimit;

    protected override (string Name, string Value)[] Settings =>
    [
        ("BASIC_DAILY_MESSAGES", $"{_limit}"),

        // A silent call must outlive all that comes before the crash, also on a busy machine.
        ("GEMINI_IDLE_SECONDS", "600"), ("GEMINI_TOTAL_SECONDS", "600"),
        ("http_proxy", Gemini.BaseUrl), ("no_proxy", ""), ("GEMINI_BASE_URL", "http://gemini.invalid"),
    ];

    /// <summary>A user with one turn that ran, and a day's messages that were stopped in the queue behind it: their keys are <c>key-2</c> and so on.</summary>
    internal (ChatUser User, string Room) Stopper { get; private set; }

    /// <summary>A user whose turns all failed, five times the limit: their keys are <c>key-1</c> and so on.</summary>
    internal (ChatUser User, string Room) Unlucky { get; private set; }

    public override async ValueTask InitializeAsync()
    {
        await UtcDay.WaitForTimeLeft();
        await base.InitializeAsync();
        Gemini.ReplyAlways(Script.InvalidKey());
        var (unlucky, failed) = await FailTurns();
        Gemini.ReplyAlways(Script.Silence());
        var (stopper, stopped) = await StopTurns();
        await Gateway.Kill();

        await Gateway.DisposeAsync();
        Gemini.ReplyAlways(Script.Words("ok"));
        _limit = Limit;
        await Start();
        Unlucky = (unlucky.Through(Gateway.Http), failed);
        Stopper = (stopper.Through(Gateway.Http), stopped);
    }

    internal static async Task<JsonElement> PostRefused(ChatUser user, string room)
    {
        using var response = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "one more" });
        Assert.NotNull(response.Headers.RetryAfter);
        return await ChatUser.Json(response, HttpStatusCode.TooManyRequests);
    }

    /// <summary>A user has sent all that a day allows, however many of the messages were given back.</summary>
    internal static async Task<JsonElement> AssertAllSent(ChatUser user, string room)
    {
        var problem = await PostRefused(user, room);
        Assert.Contains($"You have sent {5 * FormerLimit} messages today", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        return problem;
    }

    private async Task<(ChatUser, string)> FailTurns()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        for (var i = 1; i <= 5 * FormerLimit; i++)
        {
            await user.Post(room, "fails", $"key-{i}");
            Assert.Equal("failed", (await user.WaitForReply(room, 2 * i)).Status());
        }

        await AssertAllSent(user, room);
        return (user, room);
    }

    private async Task<(ChatUser, string)> StopTurns()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        await user.Post(room, "runs");
        await Gemini.Calls.WaitForRunning(1);
        for (var i = 2; i <= 2 * FormerLimit; i++)
        {
            await user.Post(room, "stopped", $"key-{i}");
            using var stopped = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message/{2 * i}/stop");
            Assert.Equal(HttpStatusCode.OK, stopped.StatusCode);
        }

        await PostRefused(user, room);
        Assert.Equal(4, (await user.Post(room, "stopped", "key-2")).GetProperty("reply").Id());
        return (user, room);
    }
}
