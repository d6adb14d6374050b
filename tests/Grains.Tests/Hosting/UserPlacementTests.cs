using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Hosting;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime.Placement;

namespace GeminiChat.Grains.Tests.Hosting;

/// <summary>Which silo a user's grains are on.</summary>
public sealed class UserPlacementTests
{
    private const int Users = 20;
    private const int RoomsOfUser = 3;

    private static readonly SiloAddress First = Silo(1);
    private static readonly SiloAddress Second = Silo(2);
    private static readonly GrainId Phone = GrainId.Create("phone", Guid.Empty.ToString("N"));

    [Fact]
    public async Task All_grains_of_a_user_are_on_one_silo_and_after_its_loss_on_another()
    {
        await using var cluster = await GrainTestCluster.StartWithUserPlacement();
        var users = Enumerable.Range(0, Users).Select(_ => Guid.CreateVersion7()).ToList();
        Dictionary<Guid, SiloAddress> before = [];
        foreach (var user in users)
        {
            before[user] = await Use(cluster, user);
        }

        Assert.Equal(2, before.Values.Distinct().Count());
        var lost = before[users[0]];
        await cluster.KillSiloOf(cluster.Grains.User(users[0]));
        foreach (var user in users)
        {
            var after = await Use(cluster, user);
            Assert.NotEqual(lost, after);
        }
    }

    [Fact]
    public void A_hint_of_a_migration_decides() =>
        Assert.All(
            [First, Second],
            silo => Assert.Equal(silo, Place(Room(), stopping: false, hint: silo)));

    [Fact]
    public void A_silo_that_shuts_down_places_nothing_on_itself_while_there_is_another()
    {
        var grains = Enumerable.Range(0, 50).SelectMany(_ => (GrainId[])[Room(), Phone]).ToList();
        Assert.Contains(First, grains.Select(grain => Place(grain, stopping: false)));
        Assert.All(grains, grain => Assert.Equal(Second, Place(grain, stopping: true)));
        Assert.Equal(First, Place(Room(), stopping: true, silos: [First]));
    }

    private static async Task<SiloAddress> Use(GrainTestCluster cluster, Guid userId)
    {
        await cluster.Grains.User(userId).EnsureCreated(new VerifiedUser("+14155550123", "Ada", PasswordHash: null));
        await cluster.Grains.UserSecurity(userId).ListSessions();
        await cluster.Grains.Subscription(userId).GetStatus();
        List<IAddressable> grains = [cluster.Grains.User(userId), cluster.Grains.UserSecurity(userId), cluster.Grains.Subscription(userId)];
        for (var i = 0; i < RoomsOfUser; i++)
        {
            var room = cluster.Grains.Chatroom(new RoomKey(userId, Guid.CreateVersion7()));
            await room.Create(new NewRoom("room", SystemPrompt: null, IsUntitled: false));
            grains.Add(room);
        }

        return Assert.Single((await Task.WhenAll(grains.Select(cluster.SiloOf))).Distinct())!;
    }

    private static SiloAddress Place(GrainId grain, bool stopping, SiloAddress? hint = null, SiloAddress[]? silos = null)
    {
        using var shutdown = new SiloShutdown(new Lifetime(stopping));
        Dictionary<string, object> context = hint is null ? [] : new() { [IPlacementDirector.PlacementHintKey] = hint };
        var target = new PlacementTarget(grain, context, GrainInterfaceType.Create("any"), 0);
        return new UserPlacementDirector(shutdown).OnAddActivation(new UserPlacement(), target, new Context(silos ?? [First, Second])).Result;
    }

    private static GrainId Room() => GrainId.Create("chatroom", new RoomKey(Guid.CreateVersion7(), Guid.CreateVersion7()).ToString());

    private static SiloAddress Silo(int number) => SiloAddress.New(new(System.Net.IPAddress.Loopback, number), number);

    private sealed class Lifetime(bool isStopping) : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => new(isStopping);

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }

    private sealed class Context(SiloAddress[] silos) : IPlacementContext
    {
        public SiloAddress LocalSilo => First;

        public SiloStatus LocalSiloStatus => SiloStatus.Active;

        public SiloAddress[] GetCompatibleSilos(PlacementTarget target) => silos;

        public IReadOnlyDictionary<ushort, SiloAddress[]> GetCompatibleSilosWithVersions(PlacementTarget target) =>
            new Dictionary<ushort, SiloAddress[]> { [0] = silos };
    }
}
