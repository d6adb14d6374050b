using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Running.Chaos;

namespace GeminiChat.Cluster.Tests;

/// <summary>People who ask one thing after the other, and read each answer to its end, whatever is done to the cluster.</summary>
internal sealed class BackgroundLoad : IDisposable
{
    private const int Rooms = 4;

    private static readonly TimeSpan BetweenPosts = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ProgressTimeout = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource _stopping = new();
    private readonly RunningCluster _cluster;
    private readonly ChatDriver _talk;
    private readonly RoomHistory[] _rooms;
    private readonly Task[] _loops;

    private BackgroundLoad(RunningCluster cluster, ChatDriver talk, RoomHistory[] rooms)
    {
        (_cluster, _talk, _rooms) = (cluster, talk, rooms);
        _loops = Array.ConvertAll(rooms, UseRoom);
    }

    /// <summary>How many messages were accepted.</summary>
    public int Posts => _rooms.Sum(room => room.Posts.Count);

    /// <summary>How many calls of the model were made for them.</summary>
    public int Calls => _talk.Model.Calls.Count(call => _rooms.Any(room => room.Marker == call.Room));

    /// <summary>Opens rooms, and lets people talk there. The model has to answer them.</summary>
    public static async Task<BackgroundLoad> Start(RunningCluster cluster, ChatDriver talk) =>
        new(cluster, talk, await talk.Open(Rooms));

    /// <summary>Waits until something was asked since now, and answered, in each of the rooms.</summary>
    public async Task AssertProgress()
    {
        // What was asked before may be answered first.
        var goals = Array.ConvertAll(_rooms, room => room.ReadReplies.Count + 2);
        using var look = new PeriodicTimer(BetweenLooks);
        using var deadline = new CancellationTokenSource(ProgressTimeout);
        while (_rooms.Zip(goals).Any(room => room.First.ReadReplies.Count < room.Second))
        {
            // Whoever has come to an end before the others has failed.
            await Task.WhenAll(_loops.Where(use => use.IsCompleted));
            Assert.False(deadline.IsCancellationRequested, $"Nothing was answered for {ProgressTimeout} in one of the rooms.");
            await look.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Lets them come to their ends, and checks what is stored.</summary>
    public async Task StopAndVerify()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops).WaitAsync(ProgressTimeout);
        await _talk.WaitUntilAnswered(_rooms, ProgressTimeout);
        await _talk.VerifyRooms(_rooms);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task UseRoom(RoomHistory room)
    {
        while (!_stopping.IsCancellationRequested)
        {
            await _talk.Post(room);
            await new ReconnectingReader(_cluster, room, room.Posts.Values.Max(post => post.Reply), random: null).Read(null);
            await Task.Delay(BetweenPosts, TimeProvider.System, CancellationToken.None);
        }
    }
}
