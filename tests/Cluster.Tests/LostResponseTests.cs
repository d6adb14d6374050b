using GeminiChat.Cluster.Tests.Servers;

namespace GeminiChat.Cluster.Tests;

/// <summary>kill -9 of a silo at the two moments when it matters most.</summary>
[Collection<ServerFaults>]
public sealed class LostResponseTests(ClusterFixture fixture)
{
    private const string SessionsOfSilos = "select count(*) from pg_stat_activity where application_name = 'geminichat'";

    private static readonly TimeSpan CompletionTimeout = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_post_repeated_after_a_lost_response_returns_the_same_message()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        cluster.Gemini.ReplyWith(talk.AnswerInFull);
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var room = (await talk.Open(user, 1))[0];
        await talk.Post(room);
        await user.WaitForReply(room.Id, 2);
        var silo = cluster.Silos[RunningCluster.SiloOf(talk.Model.Calls.Single().Request)];

        await cluster.Postgres.HoldCommits();
        var post = talk.Post(room);
        await cluster.Postgres.WaitForRows($"{SessionsOfSilos} and wait_event = 'SyncRep'");
        await silo.Kill();
        await cluster.Postgres.ReleaseCommits();
        await cluster.Postgres.WaitForRows($"select count(*) from messages where room_id = '{room.Id}' and id = 4");
        await post;

        await talk.WaitUntilAnswered([room], CompletionTimeout);
        await talk.VerifyRooms([room]);
        Assert.Equal([2, 4], room.Replies.Order());
        Assert.Equal(2, (await user.Get("/user/usage")).GetProperty("used").GetInt32());
    }

    [Fact]
    public async Task A_reply_that_was_complete_but_not_stored_is_generated_again()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        var isLocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Gemini.ReplyWith(request => talk.BlockFirstCallHalfway(request, isLocked.Task));
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var room = (await talk.Open(user, 1))[0];
        await talk.Post(room);
        await cluster.Gemini.Calls.WaitForRunning(1);
        var first = cluster.Gemini.Calls.Requests[^1];

        // The end cannot be stored while somebody else holds its row.
        await using (await cluster.Postgres.OpenTransaction($"select 1 from messages where room_id = '{room.Id}' and id = 2 for update"))
        {
            isLocked.SetResult();
            Assert.False(await first.WasClosedByClient);
            await cluster.Postgres.WaitForRows($"{SessionsOfSilos} and wait_event_type = 'Lock'");
            await cluster.Silos[RunningCluster.SiloOf(first)].Kill();
        }

        await talk.WaitUntilAnswered([room], CompletionTimeout);
        await talk.VerifyRooms([room]);
        var second = talk.Model.Calls.Skip(1).Single();
        Assert.Equal(second.Text, (await user.Get($"/chatroom/{room.Id}/message/2")).Content());
    }
}
