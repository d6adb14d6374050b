using GeminiChat.Cluster.Tests.Servers;

namespace GeminiChat.Cluster.Tests;

/// <summary>A silo that stands still so long that the others go on without it.</summary>
[Collection<MemberFaults>]
public sealed class PausedSiloTests(PartitionableClusterFixture fixture)
{
    private const int Rooms = 20;

    private static readonly TimeSpan PauseDuration = TimeSpan.FromSeconds(TestLength.Of(15, 40));

    [Fact]
    public async Task A_silo_that_was_paused_writes_nothing_when_it_resumes_and_ends()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        var paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = cluster.Gemini.Calls.Total;
        cluster.Gemini.ReplyWith(request => talk.BlockHalfway(request, request.Number <= before + Rooms ? paused.Task : ended.Task));
        var rooms = await talk.Open(Rooms);
        await talk.PostToEach(rooms);
        await cluster.Gemini.Calls.WaitForRunning(Rooms);
        var lost = talk.Model.Calls.GroupBy(call => RunningCluster.SiloOf(call.Request)).MaxBy(calls => calls.Count())!.ToList();
        var silo = RunningCluster.SiloOf(lost[0].Request);

        cluster.Silos[silo].Pause();
        var longEnough = Task.Delay(PauseDuration, TestContext.Current.CancellationToken);

        // The rest of each answer waits for it in its sockets.
        paused.SetResult();
        await talk.PostToEach(rooms).WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await cluster.Gemini.Calls.WaitForCalls(before + Rooms + Rooms, Deadline.Timeout);
        await longEnough;
        cluster.Silos[silo].Continue();
        Assert.NotEqual(0, await cluster.Silos[silo].WaitForExit());
        ended.SetResult();

        await talk.WaitUntilAnswered(rooms, Deadline.Timeout);
        await talk.VerifyRooms(rooms);
        foreach (var calls in talk.Model.Calls.GroupBy(call => call.Question))
        {
            // Broken off: by the silo that stood still, or since a room's place in the directory was lost with it.
            Assert.All(calls.SkipLast(1), call => Assert.True(RunningCluster.SiloOf(call.Request) == silo || call.IsBrokenOff, $"'{call.Question}' was answered twice."));
        }

        foreach (var call in lost)
        {
            var room = rooms.Single(room => room.Marker == call.Room);
            // Its own answer came too late.
            var again = talk.Model.Calls.Last(other => (other.Room, other.Question) == (call.Room, call.Question));
            Assert.NotEqual(silo, RunningCluster.SiloOf(again.Request));
            Assert.Equal(again.Text, (await room.User.Through(cluster.Gateways[1].Http).Get($"/chatroom/{room.Id}/message/2")).Content());
        }
    }
}
