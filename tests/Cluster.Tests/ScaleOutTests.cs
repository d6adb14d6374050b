using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Running.Chaos;

namespace GeminiChat.Cluster.Tests;

/// <summary>A cluster that comes to be, and one that grows while it is used.</summary>
public sealed class ScaleOutTests : IAsyncLifetime
{
    private const int Users = 4;
    private const int ClientsOfARoom = 2;

    private static readonly TimeSpan TimePerRoom = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly List<RoomHistory> _rooms = [];
    private RunningCluster? _cluster;

    private RunningCluster Cluster => _cluster!;

    public async ValueTask InitializeAsync()
    {
        RunningCluster.SkipUnlessPossible();
        _cluster = await RunningCluster.Start();
    }

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Gateways_that_start_before_any_silo_wait_for_one()
    {
        GatewayProcess[] gateways = [Cluster.LaunchGateway(), Cluster.LaunchGateway()];
        await Task.WhenAll(gateways.Select(gateway => gateway.WaitUntilLive()));
        await Task.WhenAll(gateways.Select(gateway => gateway.WaitUntilNotReady()));

        Cluster.LaunchSilo();

        await Task.WhenAll(gateways.Select(gateway => gateway.WaitUntilReady()));
        var user = await ChatUser.SignIn(gateways[0].Http);
        Assert.Equal("ok", (await user.Through(gateways[1].Http).Ask(await user.NewRoom(), "hello")).Text());
    }

    [Fact]
    public async Task A_silo_that_joins_under_load_takes_rooms_without_failed_requests()
    {
        Cluster.LaunchSilo();
        Cluster.LaunchSilo();
        Cluster.LaunchGateway();
        Cluster.LaunchGateway();
        await Cluster.RestartStoppedMembers();
        var talk = new ChatDriver(Cluster);
        var third = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Cluster.Gemini.ReplyWith(request =>
        {
            if (RunningCluster.SiloOf(request) == 2)
            {
                third.TrySetResult();
            }

            return talk.Model.Answer(request);
        });
        var users = await Task.WhenAll(Enumerable.Range(0, Users).Select(i => ChatUser.SignIn(Cluster.Gateways[i % 2].Http)));
        using var isOver = new CancellationTokenSource();
        var uses = users.Select((user, i) => UseRooms(talk, user, users[(i + 1) % Users], i * 1000, isOver.Token)).ToList();

        await Cluster.LaunchSilo().WaitUntilReady();
        await third.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await isOver.CancelAsync();
        await Task.WhenAll(uses).WaitAsync(Deadline, TestContext.Current.CancellationToken);

        var kept = _rooms.Where(room => !room.IsBeingDeleted).ToList();
        await talk.WaitUntilAnswered(kept, Deadline);
        await talk.VerifyRooms(kept);
    }

    /// <summary>One room after the other, as impatient people with bad networks do.</summary>
    private async Task UseRooms(ChatDriver talk, ChatUser user, ChatUser stranger, int seed, CancellationToken isOver)
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
                .Select(i => new ChaosClient(Cluster, room, stranger, i, $"{i}").Run(next.Token)));
        }
    }
}
