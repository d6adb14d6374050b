using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Running.Havoc;

namespace GeminiChat.Cluster.Tests;

/// <summary>A reader for each reply, who goes on at any gateway when the one that served goes.</summary>
internal sealed class Audience(RunningCluster cluster)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly List<Task<bool>> _readings = [];
    private readonly TaskCompletionSource _allHaveSome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    /// <summary>Reads the first reply of each room, at first at this gateway; done when each reader has got some text.</summary>
    public Task Listen(IReadOnlyCollection<RoomRecord> rooms, GatewayProcess gateway)
    {
        _waiting = rooms.Count;
        _readings.AddRange(rooms.Select(room => Read(room, gateway)));
        return Task.WhenAny(_allHaveSome.Task, Task.WhenAll(_readings)).Unwrap().WaitAsync(Deadline);
    }

    /// <summary>Waits until each has read its reply to the end.</summary>
    public async Task UntilEnds() => Assert.All(await Task.WhenAll(_readings).WaitAsync(Deadline), Assert.True);

    private async Task<bool> Read(RoomRecord room, GatewayProcess gateway)
    {
        var hasSome = false;
        var reply = room.Posts.Values.Single().Reply;
        var reader = new Reader(cluster, room, reply, random: null)
        {
            OnSeen = (_, text) =>
            {
                if (text.Length > 0 && !hasSome && Interlocked.Decrement(ref _waiting) == 0)
                {
                    _allHaveSome.SetResult();
                }

                hasSome |= text.Length > 0;
            },
        };
        return await reader.Read(await room.User.At(gateway.Http).Open(
            HttpMethod.Get, $"/chatroom/{room.Id}/message/{reply}", null, [("Accept", "text/event-stream")]));
    }
}
