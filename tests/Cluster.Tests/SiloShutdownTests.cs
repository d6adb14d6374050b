using GeminiChat.Cluster.Tests.Servers;

namespace GeminiChat.Cluster.Tests;

/// <summary>SIGTERM of a silo.</summary>
[Collection<MemberFaults>]
public sealed class SiloShutdownTests(PartitionableClusterFixture fixture)
{
    private static readonly int Streams = TestLength.Of(24, 50);

    // What the host gives itself, and what an orchestrator has to.
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Turns_of_a_stopping_silo_finish_or_continue_on_another_silo_and_readers_lose_nothing()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayNot = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Gemini.ReplyWith(request => talk.BlockFirstCallHalfway(request, request.Number % 2 == 0 ? mayEnd.Task : mayNot.Task));
        var rooms = await talk.Open(Streams);
        await talk.PostToEach(rooms);
        var audience = new ReplyReaders(cluster);
        await audience.StartReading(rooms, cluster.Gateways[0]);
        var leaving = cluster.Silos[0];

        leaving.Terminate();
        await leaving.WaitUntilNotReady();
        mayEnd.SetResult();
        Assert.Equal(0, await leaving.WaitForExit().WaitAsync(ExitTimeout, TestContext.Current.CancellationToken));
        mayNot.SetResult();

        await audience.WaitForEnds();
        await talk.VerifyRooms(rooms);
        // What had its time was not cut off. What had none goes on at the other silo, with one more call; that can be so of
        // its own rooms, too, whose places in the directory were the leaving silo's, even when a word more was still said.
        var calls = talk.Model.Calls.Select(call => call.Request).ToList();
        var cut = calls.Take(Streams).Where(call => call.WasClosedByClient.Result).ToList();
        Assert.DoesNotContain(cut, call => call.Number % 2 == 0);
        Assert.All(
            calls.Take(Streams).Where(call => call.Number % 2 == 1 && RunningCluster.SiloOf(call) == 0),
            call => Assert.Contains(call, cut));
        var repeated = calls.Skip(Streams).Select(call => call.LastText).ToList();
        // A room that went there may lose its place in the directory with the leaving silo, too.
        Assert.All(repeated.CountBy(question => question), calls => Assert.InRange(calls.Value, 1, 2));
        Assert.Superset(cut.Select(call => call.LastText).ToHashSet(), repeated.ToHashSet());
        Assert.All(
            calls.Take(Streams).Except(cut).Where(call => repeated.Contains(call.LastText)),
            call => Assert.Equal(1, RunningCluster.SiloOf(call)));
        // Until it has heard of the leaving, the other silo may still send a room there. What the leaving silo cut off goes on at the other.
        Assert.All(
            cut.Where(call => RunningCluster.SiloOf(call) == 0),
            call => Assert.Equal(1, RunningCluster.SiloOf(calls.Last(later => later.LastText == call.LastText))));
    }
}
