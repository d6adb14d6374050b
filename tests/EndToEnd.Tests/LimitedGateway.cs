using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Classes that share one gateway with a daily limit, which was killed.</summary>
[CollectionDefinition]
public sealed class SharedLimitedGateway : ICollectionFixture<LimitedGateway>;

/// <summary>A gateway with few messages a day, which was killed after some had been given back, and started again.</summary>
public sealed class LimitedGateway : GatewayFixture
{
    public const int Limit = 10;

    protected override (string Name, string Value)[] Settings => [("BASIC_DAILY_MESSAGES", $"{Limit}")];

    /// <summary>A user with one turn that ran, and a day's messages that were stopped in the queue behind it: their keys are <c>key-2</c> and so on.</summary>
    internal (ChatUser User, string Room) Stopper { get; private set; }

    /// <summary>A user whose turns all failed, five times the limit: their keys are <c>key-1</c> and so on.</summary>
    internal (ChatUser User, string Room) Unlucky { get; private set; }

    public override async ValueTask InitializeAsync()
    {
        await UtcDay.WaitForTimeLeft();
        await base.InitializeAsync();
        Gemini.ReplyAlways(Script.InvalidKey());
        await FailTurns();
        Gemini.ReplyAlways(Script.Silence());
        await StopTurns();
        await Gateway.Kill();

        Gemini.ReplyAlways(Script.Words("ok"));
        await Gateway.Restart();
    }

    internal static async Task<JsonElement> PostRefused(ChatUser user, string room)
    {
        using var response = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "one more" });
        Assert.NotNull(response.Headers.RetryAfter);
        return await ChatUser.Json(response, HttpStatusCode.TooManyRequests);
    }

    private async Task FailTurns()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        for (var i = 1; i <= 5 * Limit; i++)
        {
            await user.Post(room, "fails", $"key-{i}");
            Assert.Equal("failed", (await user.WaitForReply(room, 2 * i)).Status());
        }

        Unlucky = (user, room);
    }

    private async Task StopTurns()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        await user.Post(room, "runs");
        await Gemini.Calls.WaitForRunning(1);
        for (var i = 2; i <= 2 * Limit; i++)
        {
            await user.Post(room, "stopped", $"key-{i}");
            using var stopped = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message/{2 * i}/stop");
            Assert.Equal(HttpStatusCode.OK, stopped.StatusCode);
        }

        await PostRefused(user, room);
        Stopper = (user, room);
    }
}
