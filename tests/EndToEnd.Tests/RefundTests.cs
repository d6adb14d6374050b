using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What is given back to a day of three messages, at the program as it is run, and after kill -9.</summary>
public sealed class RefundTests(RefundTests.LimitedGateway fixture) : GatewayTests(fixture), IClassFixture<RefundTests.LimitedGateway>
{
    private const int Limit = 3;

    [Fact]
    public async Task A_refused_prompt_and_a_withheld_answer_count()
    {
        foreach (var refusal in new[] { Script.Blocked(), Script.Withheld() })
        {
            Gemini.ReplyAlways(refusal);
            var before = Calls.Count;
            var user = await ChatUser.SignIn(Gateway.Http);
            var room = await user.NewRoom();
            for (var i = 1; i <= Limit; i++)
            {
                await user.Post(room, "refused");
                Assert.Equal("failed", (await user.WaitForReply(room, 2 * i)).Status());
            }

            Assert.Equal((Limit, 0), await Usage(user));
            var problem = await PostRefused(user, room);
            Assert.Contains("the 3 messages a day of Basic", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(Limit, Calls.Count - before);
        }
    }

    [Fact]
    public async Task Stops_in_the_queue_are_refunded_up_to_the_daily_limit()
    {
        Gemini.ReplyAlways(Script.Silence());
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        await user.Post(room, "runs");
        await Gemini.Calls.WaitForRunning(1);
        for (var i = 2; i <= 2 * Limit; i++)
        {
            await user.Post(room, "stopped", $"key-{i}");
            Assert.Equal(HttpStatusCode.OK, (await user.Send(HttpMethod.Post, $"/chatroom/{room}/message/{2 * i}/stop")).StatusCode);
        }

        await PostRefused(user, room);
        await Gateway.Kill();

        await Gateway.Restart();
        Assert.Equal((Limit, 0), await Usage(user));
        Assert.Equal(4, (await user.Post(room, "stopped", "key-2")).GetProperty("reply").Id());
        await PostRefused(user, room);
        Assert.Equal(HttpStatusCode.OK, (await user.Send(HttpMethod.Post, $"/chatroom/{room}/message/2/stop")).StatusCode);
    }

    [Fact]
    public async Task No_more_than_five_times_the_daily_limit_is_stored_even_with_refunds()
    {
        Gemini.ReplyAlways(Script.InvalidKey());
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        for (var i = 1; i <= 5 * Limit; i++)
        {
            await user.Post(room, "fails", $"key-{i}");
            Assert.Equal("failed", (await user.WaitForReply(room, 2 * i)).Status());
        }

        await Gateway.Kill();

        await Gateway.Restart();
        Assert.Equal((0, 0), await Usage(user));
        Assert.Equal(2, (await user.Post(room, "fails", "key-1")).GetProperty("reply").Id());
        var problem = await PostRefused(user, room);
        Assert.Contains("You have sent 15 messages today", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal((Limit, 0), (problem.GetProperty("limit").GetInt32(), problem.GetProperty("used").GetInt32()));
        var now = TimeProvider.System.GetUtcNow();
        Assert.InRange(problem.GetProperty("resets_at").GetDateTimeOffset(), now, now.AddDays(1));
    }

    private static async Task<(int Used, int Remaining)> Usage(ChatUser user)
    {
        var usage = await user.Get("/user/usage");
        return (usage.GetProperty("used").GetInt32(), usage.GetProperty("remaining").GetInt32());
    }

    private static async Task<JsonElement> PostRefused(ChatUser user, string room)
    {
        using var response = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "one more" });
        Assert.NotNull(response.Headers.RetryAfter);
        return await ChatUser.Json(response, HttpStatusCode.TooManyRequests);
    }

    public sealed class LimitedGateway : GatewayFixture
    {
        protected override (string Name, string Value)[] Settings => [("BASIC_DAILY_MESSAGES", $"{Limit}")];
    }
}
