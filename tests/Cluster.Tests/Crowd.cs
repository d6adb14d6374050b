using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Running.Havoc;

namespace GeminiChat.Cluster.Tests;

/// <summary>People who ask one thing after the other, and read each answer to its end, whatever is done to the cluster.</summary>
internal sealed class Crowd : IDisposable
{
    private const int Rooms = 4;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource _enough = new();
    private readonly RunningCluster _cluster;
    private readonly Talk _talk;
    private readonly RoomRecord[] _rooms;
    private readonly Task[] _uses;

    private Crowd(RunningCluster cluster, Talk talk, RoomRecord[] rooms)
    {
        (_cluster, _talk, _rooms) = (cluster, talk, rooms);
        _uses = Array.ConvertAll(rooms, Use);
    }

    /// <summary>How many messages were accepted.</summary>
    public int Posts => _rooms.Sum(room => room.Posts.Count);

    /// <summary>How many calls of the model were made for them.</summary>
    public int Calls => _talk.Model.Calls.Count(call => _rooms.Any(room => room.Marker == call.Room));

    /// <summary>Opens rooms, and lets people talk there. The model has to answer them.</summary>
    public static async Task<Crowd> Gather(RunningCluster cluster, Talk talk, ChatUser user) =>
        new(cluster, talk, await talk.Open(user, Rooms));

    /// <summary>Waits until something was asked since now, and answered, in each of the rooms.</summary>
    public async Task GoesOn()
    {
        // What was asked before may be answered first.
        var goals = Array.ConvertAll(_rooms, room => room.Followed.Count + 2);
        using var look = new PeriodicTimer(BetweenLooks);
        using var deadline = new CancellationTokenSource(Patience);
        while (_rooms.Zip(goals).Any(room => room.First.Followed.Count < room.Second))
        {
            // Whoever has come to an end before the others has failed.
            await Task.WhenAll(_uses.Where(use => use.IsCompleted));
            Assert.False(deadline.IsCancellationRequested, $"Nothing was answered for {Patience} in one of the rooms.");
            await look.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Lets them come to their ends, and checks what is stored.</summary>
    public async Task Ends()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_uses).WaitAsync(Patience);
        await _talk.UntilAnswered(_rooms, Patience);
        await _talk.Check(_rooms);
    }

    public void Dispose()
    {
        _enough.Cancel();
        _enough.Dispose();
    }

    private async Task Use(RoomRecord room)
    {
        while (!_enough.IsCancellationRequested)
        {
            await _talk.Post(room);
            await new Reader(_cluster, room, room.Posts.Values.Max(post => post.Reply), random: null).Read(null);
        }
    }
}
