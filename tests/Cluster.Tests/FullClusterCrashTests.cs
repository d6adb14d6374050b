namespace GeminiChat.Cluster.Tests;

/// <summary>kill -9 of everything that is ours, as when the power goes.</summary>
[Collection<MemberFaults>]
public sealed class FullClusterCrashTests(PartitionableClusterFixture fixture, ITestOutputHelper output)
{
    private const int Rooms = 20;

    private static readonly TimeSpan CompletionTimeout = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task After_a_crash_of_the_whole_cluster_all_accepted_messages_are_answered_once_without_a_client()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        var restarted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Gemini.ReplyWith(request => talk.BlockFirstCallHalfway(request, restarted.Task));
        var rooms = await talk.Open(Rooms);
        await talk.PostToEach(rooms);
        await talk.PostToEach(rooms);
        await cluster.Gemini.Calls.WaitForRunning(Rooms);

        await Task.WhenAll([.. cluster.Silos.Select(silo => silo.Kill()), .. cluster.Gateways.Select(gateway => gateway.Kill())]);
        restarted.SetResult();
        var start = TimeProvider.System.GetTimestamp();
        await cluster.RestartStoppedMembers();
        output.WriteLine($"ready again after {TimeProvider.System.GetElapsedTime(start)}");

        await talk.WaitUntilAnswered(rooms, CompletionTimeout);
        await talk.VerifyRooms(rooms);
        Assert.Equal(Rooms + (2 * Rooms), talk.Model.Calls.Count);
    }
}
