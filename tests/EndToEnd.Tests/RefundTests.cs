using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What is given back to a day's messages, at the program as it is run, and after kill -9.</summary>
[Collection<SharedLimitedGateway>]
public sealed class RefundTests(LimitedGateway limited) : GatewayTests(limited)
{
    private const int Limit = LimitedGateway.Limit;

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
            var problem = await LimitedGateway.PostRefused(user, room);
            Assert.Contains($"the {Limit} messages a day of Basic", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(Limit, Calls.Count - before);
        }
    }

    [Fact]
    public async Task Stops_in_the_queue_are_refunded_up_to_the_daily_limit()
    {
        var (user, room) = limited.Stopper;
        Assert.Equal((LimitedGateway.FormerLimit, 0), await Usage(user));

        // A repeat is no message, and is answered whatever the limit.
        Assert.Equal(4, (await user.Post(room, "stopped", "key-2")).GetProperty("reply").Id());
        await LimitedGateway.PostRefused(user, room);
    }

    [Fact]
    public async Task No_more_than_five_times_the_daily_limit_is_stored_even_with_refunds()
    {
        var (user, room) = limited.Unlucky;
        Assert.Equal((0, 0), await Usage(user));
        Assert.Equal(2, (await user.Post(room, "fails", "key-1")).GetProperty("reply").Id());
        var problem = await LimitedGateway.AssertAllSent(user, room);
        Assert.Equal((Limit, 0), (problem.GetProperty("limit").GetInt32(), problem.GetProperty("used").GetInt32()));
        var now = TimeProvider.System.GetUtcNow();
        Assert.InRange(problem.GetProperty("resets_at").GetDateTimeOffset(), now, now.AddDays(1));
    }

    private static async Task<(int Used, int Remaining)> Usage(ChatUser user)
    {
        var usage = await user.Get("/user/usage");
        return (usage.GetProperty("used").GetInt32(), usage.GetProperty("remaining").GetInt32());
    }
}
