using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Running.Chaos;

namespace GeminiChat.Cluster.Tests;

/// <summary>A cluster that grows while it is used.</summary>
[Collection<MembershipChanges>]
public sealed class ScaleOutTests(ClusterFixture fixture)
{
    private const int Users = 4;
    private const int ClientsOfARoom = 2;

    private static readonly TimeSpan TimePerRoom = TimeSpan.FromSeconds(2);

    private readonly List<RoomHistory> _rooms = [];

    [Fact]
    public async Task A_silo_that_joins_under_load_takes_rooms_without_failed_requests()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        var third = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Gemini.ReplyWith(request =>
        {
            if (RunningCluster.SiloOf(request) == 2)
            {
                third.TrySetResult();
            }

            return talk.Model.Answer(request);
        });
        var users = await Task.WhenAll(Enumerable.Range(0, Users).Select(i => ChatUser.SignIn(cluster.Gateways[i % 2].Http)));
        using var isOver = new CancellationTokenSource();
        var uses = users.Select((user, i) => UseRooms(cluster, talk, user, users[(i + 1) % Users], i * 1000, isOver.Token)).ToList();

        await cluster.LaunchSilo().WaitUntilReady();
        await third.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await isOver.CancelAsync();
        await Task.WhenAll(uses).WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);

        var kept = _rooms.Where(room => !room.IsBeingDeleted).ToList();
        await talk.WaitUntilAnswered(kept, Deadline.Timeout);
        await talk.VerifyRooms(kept);
    }

    /// <summary>Uses one room after the other, with lost connections and repeated requests.</summary>
    private async Task UseRooms(
        RunningCluster cluster, ChatDriver talk, ChatUser user, ChatUser stranger, int seed, CancellationToken isOver)
    {
        for (var n = seed; !isOver.IsCancellationRequested; n += ClientsOfARoom)
        {
            var room = (await talk.Open(user, 1))[0];
            lock (_rooms)
            {
                _rooms.Add(room);
            }

            using var next = CancellationTokenSource.CreateLinkedTokenSource(isOver);
            next.CancelAfter(TimePerRoom);
            await Task.WhenAll(Enumerable.Range(n, ClientsOfARoom)
                .Select(i => new ChaosClient(cluster, room, stranger, i, $"{i}").Run(next.Token)));
        }
    }
}
