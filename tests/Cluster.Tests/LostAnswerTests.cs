using GeminiChat.Cluster.Tests.Servers;

namespace GeminiChat.Cluster.Tests;

/// <summary>kill -9 of a silo at the two moments when it matters most.</summary>
[Collection<ServerFaults>]
public sealed class LostAnswerTests(ClusterFixture fixture)
{
    private const string SessionsOfSilos = "select count(*) from pg_stat_activity where application_name = 'geminichat'";

    private static readonly TimeSpan ForAcceptedWork = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task After_the_commit_of_a_message_and_before_its_answer_a_repeat_is_the_same_message()
    {
        var cluster = await fixture.Whole();
        var talk = new Talk(cluster);
        cluster.Gemini.Answer(talk.Whole);
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var room = (await talk.Open(user, 1))[0];
        await talk.Post(room);
        await user.Ended(room.Id, 2);
        var silo = cluster.Silos[RunningCluster.SiloOf(talk.Model.Calls.Single().Request)];

        await cluster.Postgres.HoldCommits();
        var post = talk.Post(room);
        await cluster.Postgres.UntilSome($"{SessionsOfSilos} and wait_event = 'SyncRep'");
        await silo.Kill();
        await cluster.Postgres.ReleaseCommits();
        await cluster.Postgres.UntilSome($"select count(*) from messages where room_id = '{room.Id}' and id = 4");
        await post;

        await talk.UntilAnswered([room], ForAcceptedWork);
        await talk.Check([room]);
        Assert.Equal([2, 4], room.Replies.Order());
        Assert.Equal(2, (await user.Get("/user/usage")).GetProperty("used").GetInt32());
    }

    [Fact]
    public async Task After_the_last_word_of_the_model_and_before_it_is_stored_the_message_is_answered_once_more()
    {
        var cluster = await fixture.Whole();
        var talk = new Talk(cluster);
        var isLocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Gemini.Answer(request => talk.HalfAtFirst(request, isLocked.Task));
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var room = (await talk.Open(user, 1))[0];
        await talk.Post(room);
        await cluster.Gemini.Calls.UntilRunning(1);
        var first = cluster.Gemini.Calls.Requests[^1];

        // The end cannot be stored while somebody else holds its row.
        await using (await cluster.Postgres.Hold($"select 1 from messages where room_id = '{room.Id}' and id = 2 for update"))
        {
            isLocked.SetResult();
            Assert.False(await first.ClosedEarly);
            await cluster.Postgres.UntilSome($"{SessionsOfSilos} and wait_event_type = 'Lock'");
            await cluster.Silos[RunningCluster.SiloOf(first)].Kill();
        }

        await talk.UntilAnswered([room], ForAcceptedWork);
        await talk.Check([room]);
        var second = talk.Model.Calls.Skip(1).Single();
        Assert.Equal(second.Text, (await user.Get($"/chatroom/{room.Id}/message/2")).Content());
    }
}
