
namespace GeminiChat.Cluster.Tests;

/// <summary>PostgreSQL is restarted while rooms are at work.</summary>
[Collection<ServerFaults>]
public sealed class DatabaseRestartTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private const int Held = 8;

    private static readonly TimeSpan ReadinessTimeout = TimeSpan.FromSeconds(10);

    [Fact]
    public Task A_fast_database_restart_loses_no_message_and_no_reply() => Restart(postgres => postgres.Stop());

    [Fact]
    public Task An_immediate_database_restart_loses_no_message_and_no_reply() => Restart(postgres => postgres.StopImmediately());

    private async Task Restart(Func<PostgresServer, Task> end)
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        var isAway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var held = await talk.Open(user, Held);
        var refusing = (await talk.Open(user, 1))[0];
        cluster.Gemini.ReplyWith(request => held.Any(room => room.Marker == request.System)
            ? talk.BlockFirstCallHalfway(request, isAway.Task)
            : talk.AnswerInFull(request));
        await talk.PostToEach(held);
        var audience = new ReplyReaders(cluster);
        await audience.StartReading(held, cluster.Gateways[0]);
        using var crowd = await BackgroundLoad.Start(cluster, talk);
        await crowd.AssertProgress();

        await end(cluster.Postgres);
        var key = talk.NewKey();
        await Task.WhenAll(cluster.Gateways.Select(gateway => ChatDriver.AssertRefused(refusing, key, gateway.Http)));

        // The turns at work come to their ends while nobody can store them.
        isAway.SetResult();
        await Task.WhenAll(cluster.Gemini.Calls.Requests.Select(call => call.WasClosedByClient));
        await cluster.Postgres.Restart();
        var start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(cluster.Silos.Select(silo => silo.WaitUntilReady())).WaitAsync(ReadinessTimeout);
        output.WriteLine($"ready again after {TimeProvider.System.GetElapsedTime(start)}");

        await talk.Post(refusing, key);
        await crowd.AssertProgress();
        await crowd.StopAndVerify();
        await user.WaitForReply(refusing.Id, refusing.Replies[0]);
        await audience.WaitForEnds();
        await talk.VerifyRooms([.. held, refusing]);
        Assert.Equal(crowd.Posts + Held + 1, talk.Model.Calls.Count);
        Assert.DoesNotContain(cluster.Silos, silo => silo.HasExited);
    }
}
