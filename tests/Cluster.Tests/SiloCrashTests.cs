using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Running.Chaos;

namespace GeminiChat.Cluster.Tests;

/// <summary>kill -9 of a silo with rooms at work.</summary>
[Collection<MemberFaults>]
public sealed class SiloCrashTests(PartitionableClusterFixture fixture, ITestOutputHelper output)
{
    private const int Rooms = 48;
    private const int RoomsOfASilo = 20;

    private static readonly int Rounds = TestLength.Of(1, 10);

    // Twice what is promised after the death of a silo, for the machine has other tests to do: for what clients ask, and
    // for what nobody asks for.
    private static readonly TimeSpan NewCallTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CompletionTimeout = TimeSpan.FromSeconds(120);

    private readonly List<RoomHistory> _rooms = [];

    // Calls of the model that a kill cut off.
    private readonly HashSet<int> _brokenOffCalls = [];
    private RunningCluster _cluster = null!;
    private ChatDriver _talk = null!;

    [Fact]
    public async Task After_each_silo_crash_every_message_is_answered_once_without_a_client()
    {
        _cluster = await fixture.GetHealthyCluster();
        _talk = new ChatDriver(_cluster);
        for (var round = 0; round < Rounds; round++)
        {
            await KillBusySilo();
            await _talk.WaitUntilAnswered(_rooms, CompletionTimeout);
            await _cluster.RestartStoppedMembers();
        }

        await _talk.VerifyRooms(_rooms);

        // Once more for what the kill cut off. A survivor's rooms can lose their places in the directory with the dead
        // silo, when it is found dead, and then they ask once more as well; the one can come on top of the other.
        var questions = _talk.Model.Calls.GroupBy(call => (call.Room, call.Question)).ToList();
        Assert.All(questions, calls => Assert.InRange(calls.Count(), 1, 3));
        var repeated = questions.SelectMany(calls => calls.SkipLast(1)).Select(call => call.Request.Number).ToHashSet();
        Assert.Superset(_brokenOffCalls, repeated);
        output.WriteLine($"{_rooms.Count} rooms, {_talk.Model.Calls.Count} calls, {_brokenOffCalls.Count} of them cut off, {repeated.Count} repeated");
    }

    /// <summary>Kills the silo with the most rooms; half of the rooms are used at once, the others are left alone.</summary>
    private async Task KillBusySilo()
    {
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.Gemini.ReplyWith(request => _talk.BlockFirstCallHalfway(request, killed.Task));
        var rooms = await _talk.Open(Rooms);
        _rooms.AddRange(rooms);
        await _talk.PostToEach(rooms);
        await _talk.PostToEach(rooms);
        await _cluster.Gemini.Calls.WaitForRunning(Rooms);
        var running = _cluster.Gemini.Calls.Requests.Where(call => !call.WasClosedByClient.IsCompleted).ToLookup(RunningCluster.SiloOf);
        var victim = running.MaxBy(calls => calls.Count())!;
        Assert.True(victim.Count() >= RoomsOfASilo, $"{victim.Count()} rooms");

        _brokenOffCalls.UnionWith(victim.Select(call => call.Number));
        await _cluster.Silos[victim.Key].Kill();
        var start = TimeProvider.System.GetTimestamp();
        killed.SetResult();
        await _talk.PostToEach(rooms.Where((_, i) => i % 2 == 0)).WaitAsync(NewCallTimeout);
        output.WriteLine($"{victim.Count()} rooms lost their silo; answered again after {TimeProvider.System.GetElapsedTime(start)}");
    }
}
