using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Running.Chaos;

namespace GeminiChat.Cluster.Tests;

/// <summary>A reader for each reply, who goes on at any gateway when the one that served goes.</summary>
internal sealed class ReplyReaders(RunningCluster cluster)
{
    private readonly List<Task<bool>> _readers = [];
    private readonly TaskCompletionSource _allHaveText = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    /// <summary>Reads the first reply of each room, at first at this gateway; done when each reader has got some text.</summary>
    public Task StartReading(IReadOnlyCollection<RoomHistory> rooms, GatewayProcess gateway)
    {
        _waiting = rooms.Count;
        _readers.AddRange(rooms.Select(room => Read(room, gateway)));
        return Task.WhenAny(_allHaveText.Task, Task.WhenAll(_readers)).Unwrap().WaitAsync(Deadline.Timeout);
    }

    /// <summary>Waits until each has read its reply to the end.</summary>
    public async Task WaitForEnds() => Assert.All(await Task.WhenAll(_readers).WaitAsync(Deadline.Timeout), Assert.True);

    private async Task<bool> Read(RoomHistory room, GatewayProcess gateway)
    {
        var hasSome = false;
        var reply = room.Posts.Values.Single().Reply;
        var reader = new ReconnectingReader(cluster, room, reply, random: null)
        {
            OnText = (_, text) =>
            {
                if (text.Length > 0 && !hasSome && Interlocked.Decrement(ref _waiting) == 0)
                {
                    _allHaveText.SetResult();
                }

                hasSome |= text.Length > 0;
            },
        };
        return await reader.Read(await room.User.Through(gateway.Http).Open(
            HttpMethod.Get, $"/chatroom/{room.Id}/message/{reply}", null, [("Accept", "text/event-stream")]));
    }
}
