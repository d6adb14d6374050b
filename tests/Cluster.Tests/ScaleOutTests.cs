using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Fakes;
using GeminiChat.Running.Chaos;

namespace GeminiChat.Cluster.Tests;

/// <summary>A cluster that grows while it is used, and which silos rooms are on.</summary>
[Collection<MemberFaults>]
public sealed class ScaleOutTests(PartitionableClusterFixture fixture)
{
    private const int RoomsAtATime = 2;
    private const int ClientsOfARoom = 2;
    private const int RoomsToCount = 150;

    private static readonly TimeSpan TimePerRoom = TimeSpan.FromSeconds(2);

    private readonly List<RoomHistory> _rooms = [];

    /// <summary>The share of a silo is a fair one, give or take far more than chance does.</summary>
    [Fact]
    public async Task A_silo_that_joins_under_load_takes_its_share_of_new_rooms_without_failed_requests()
    {
        var cluster = await fixture.GetHealthyCluster();
        Assert.All(await OpenRooms(cluster, silos: 2), share => Assert.InRange(share, 1 / 4.0, 3 / 4.0));

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
        var stranger = await ChatUser.SignIn(cluster.Gateways[0].Http);
        using var isOver = new CancellationTokenSource();
        var uses = Enumerable.Range(0, RoomsAtATime).Select(i => UseRooms(cluster, talk, stranger, i * 1000, isOver.Token)).ToList();

        await cluster.LaunchSilo().WaitUntilReady();
        await third.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await isOver.CancelAsync();
        await Task.WhenAll(uses).WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);

        var kept = _rooms.Where(room => !room.IsBeingDeleted).ToList();
        await talk.WaitUntilAnswered(kept, Deadline.Timeout);
        await talk.VerifyRooms(kept);
        Assert.All(await OpenRooms(cluster, silos: 3), share => Assert.InRange(share, 1 / 6.0, 3 / 5.0));
    }

    /// <summary>Opens many rooms, and tells which share of them is on each silo.</summary>
    private static async Task<IEnumerable<double>> OpenRooms(RunningCluster cluster, int silos)
    {
        cluster.Gemini.ReplyWith(_ => Script.Words("ok"));
        var talk = new ChatDriver(cluster);
        var rooms = await talk.Open(RoomsToCount);
        await talk.PostToEach(rooms);
        await talk.WaitUntilAnswered(rooms, Deadline.Timeout);
        var markers = rooms.Select(room => room.Marker).ToHashSet();
        var calls = cluster.Gemini.Calls.Requests.Where(call => markers.Contains(call.System!)).ToList();
        Assert.Equal(RoomsToCount, calls.Count);
        return Enumerable.Range(0, silos).Select(silo => calls.Count(call => RunningCluster.SiloOf(call) == silo) / (double)RoomsToCount);
    }

    /// <summary>Uses one room of a new user after the other, with lost connections and repeated requests.</summary>
    private async Task UseRooms(RunningCluster cluster, ChatDriver talk, ChatUser stranger, int seed, CancellationToken isOver)
    {
        for (var n = seed; !isOver.IsCancellationRequested; n += ClientsOfARoom)
        {
            var room = (await talk.Open(1))[0];
            lock (_rooms)
            {
                _rooms.Add(room);
            }

            using var next = CancellationTokenSource.CreateLinkedTokenSource(isOver);
            next.CancelAfter(TimePerRoom);
            await Task.WhenAll(Enumerable.Range(n, ClientsOfARoom)
                .Select(i => new ChaosClient(cluster, room, stranger, new Random(i), $"{i}").Run(next.Token)));
        }
    }
}
