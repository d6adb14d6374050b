using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Subscriptions;
using GeminiChat.Grains.Users;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.Silo.Hosting;
using GeminiChat.Silo.Maintenance;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;

namespace GeminiChat.Grains.Tests.Hosting;

/// <summary>Two silos on one SQLite database, and a model that each test plays anew.</summary>
public sealed class GrainTestCluster : IAsyncLifetime
{
    private const string Memory = "/dev/shm";

    private readonly TemporaryFolder _folder;
    private readonly CurrentModel _model = new();
    private readonly ServiceProvider _store;
    private readonly InProcessTestCluster _cluster;
    private readonly (string Name, string Value)[] _settings;
    private readonly bool _recoversSiloLosses;
    private readonly bool _placesByUser;

    public GrainTestCluster()
        : this(Path.GetTempPath(), [])
    {
    }

    internal GrainTestCluster(params (string Name, string Value)[] settings)
        : this(Path.GetTempPath(), settings)
    {
    }

    private GrainTestCluster(string parent, (string Name, string Value)[] settings, short silos = 2, bool takesUpLosses = false, bool placesByUser = false)
    {
        (_settings, _recoversSiloLosses, _placesByUser) = (settings, takesUpLosses, placesByUser);
        _folder = new TemporaryFolder(parent);
        var database = new ConfigurationBuilder()
            .AddInMemoryCollection([new("DATABASE_URL", $"sqlite:///{_folder.Path}/test.db")]).Build();
        _store = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(database).AddStore(clustered: false).BuildServiceProvider();
        RoomStoreFaults = new FaultInjectingRoomStore(Store);
        SubscriptionStoreFaults = new FaultInjectingSubscriptionStore(_store.GetRequiredService<ISubscriptionStore>());
        UserStoreFaults = new FaultInjectingUserStore(_store.GetRequiredService<IUserStore>());
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost((_, host) => Configure(host));
        _cluster = builder.Build();
    }

    public AdjustableTimeProvider Time { get; } = new();

    public IGrainFactory Grains => _cluster.Client;

    public IUserStore UserRows => _store.GetRequiredService<IUserStore>();

    public IUnverifiedNumberStore UnverifiedNumbers => _store.GetRequiredService<IUnverifiedNumberStore>();

    internal UnusedRooms UnusedRooms => _store.GetRequiredService<UnusedRooms>();

    public IRoomStore Store => _store.GetRequiredService<IRoomStore>();

    public IShareStore Shares => _store.GetRequiredService<IShareStore>();

    /// <summary>The store as the grains see it.</summary>
    public FaultInjectingRoomStore RoomStoreFaults { get; }

    /// <summary>The store of users as the grains see it.</summary>
    public FaultInjectingUserStore UserStoreFaults { get; }

    /// <summary>The payment provider of all users.</summary>
    internal FakePayments Payments { get; } = new();

    internal FaultInjectingSubscriptionStore SubscriptionStoreFaults { get; }

    /// <summary>A cluster of a test's own, to be spoilt.</summary>
    internal static Task<GrainTestCluster> Start(params (string Name, string Value)[] settings) =>
        Start(new GrainTestCluster(settings));

    /// <summary>One silo, as in one process.</summary>
    internal static Task<GrainTestCluster> StartWithOneSilo() => Start(new GrainTestCluster(Path.GetTempPath(), [], silos: 1));

    /// <summary>A cluster that looks for owed replies when a silo is lost, and at no other time.</summary>
    internal static Task<GrainTestCluster> StartWithSiloLossRecovery() =>
        Start(new GrainTestCluster(Path.GetTempPath(), [], takesUpLosses: true));

    /// <summary>A cluster that places grains as an operator's does.</summary>
    internal static Task<GrainTestCluster> StartWithUserPlacement() =>
        Start(new GrainTestCluster(Path.GetTempPath(), [], placesByUser: true));

    /// <summary>A cluster whose files are in memory, where there is such a folder: for very many writes.</summary>
    internal static Task<GrainTestCluster> StartInMemory() =>
        Start(new GrainTestCluster(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), []));

    public async ValueTask InitializeAsync()
    {
        await _store.GetRequiredService<StoreLifecycleService>().StartingAsync(CancellationToken.None);
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A room of a new user, and a model that nobody has called.</summary>
    internal async Task<RoomDriver> NewRoom(string name = "room", string? systemPrompt = null, bool isUntitled = false, bool isTemporary = false)
    {
        _model.Current = new FakeModel();
        var key = new RoomKey(Guid.CreateVersion7(), Guid.CreateVersion7());
        await Grains.User(key.UserId).EnsureCreated(new VerifiedUser("+14155550123", "Ada", PasswordHash: null));
        Assert.IsType<CreateRoomOutcome.Created>(await Grains.Chatroom(key).Create(new NewRoom(name, systemPrompt, isUntitled, isTemporary)));
        return new RoomDriver(this, key, _model.Current);
    }

    /// <summary>The columns of the databases that hold a text somewhere.</summary>
    internal Task<List<string>> FindColumnsWith(string text) => DatabaseTextSearch.FindColumnsWith(_folder.Path, text);

    /// <summary>Removes what deleted rooms have left behind, as the silo does in the background.</summary>
    internal async Task PurgeDeletedRooms()
    {
        var deleted = _store.GetRequiredService<DeletedRooms>();
        foreach (var room in await deleted.Unpurged(limit: 1000))
        {
            await deleted.Purge(room, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ends a grain's activation, as idleness or a move does.</summary>
    public async Task Deactivate(IAddressable grain)
    {
        await _cluster.DeactivateAsync(grain);
        await _cluster.WaitForDeactivationAsync(grain);
    }

    public Task WaitForDeactivation(IAddressable grain) =>
        _cluster.WaitForDeactivationAsync(grain).WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);

    /// <summary>The silo that a grain is on; null when it is on none.</summary>
    /// <remarks>Asked of the silos themselves: what they remember of each other's grains may be of a moment ago.</remarks>
    public async Task<SiloAddress?> SiloOf(IAddressable grain)
    {
        var activations = await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return Array.Find(activations, activation => activation.GrainId == grain.GetGrainId())?.SiloAddress;
    }

    /// <summary>Ends the silo that a grain is on without giving it time for anything.</summary>
    public async Task KillSiloOf(IAddressable grain)
    {
        var address = await SiloOf(grain);
        await _cluster.KillSiloAsync(_cluster.Silos.Single(silo => silo.SiloAddress.Equals(address)));
    }

    /// <summary>Ends the silo that a grain is on, which gives its turns no time.</summary>
    public async Task StopSiloOf(IAddressable grain)
    {
        var address = await SiloOf(grain);
        await _cluster.StopSiloAsync(_cluster.Silos.Single(silo => silo.SiloAddress.Equals(address)));
    }

    /// <summary>Writes a grain's state again, behind its back, as an activation does that the cluster knows nothing of.</summary>
    internal async Task WriteFromAnotherActivation<T>(IAddressable grain, string name)
        where T : new()
    {
        var storage = _cluster.GetSiloServiceProvider(_cluster.Silos[0].SiloAddress).GetRequiredService<IGrainStorage>();
        var state = new GrainState<T>(new T());
        await storage.ReadStateAsync(name, grain.GetGrainId(), state);
        await storage.WriteStateAsync(name, grain.GetGrainId(), state);
    }

    /// <summary>The silo that a grain is on begins to leave.</summary>
    internal async Task BeginShutdown(IAddressable grain) => BeginShutdown((await SiloOf(grain))!);

    public void BeginShutdown()
    {
        foreach (var silo in _cluster.Silos)
        {
            BeginShutdown(silo.SiloAddress);
        }
    }

    public async Task<bool> WaitForTurns()
    {
        var all = await Task.WhenAll(_cluster.Silos.Select(silo =>
            ServiceOf<SiloShutdown>(silo.SiloAddress).WaitForTurns(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10))));
        return all.All(isIdle => isIdle);
    }

    private static async Task<GrainTestCluster> Start(GrainTestCluster cluster)
    {
        await cluster.InitializeAsync();
        return cluster;
    }

    private void BeginShutdown(SiloAddress silo) => ServiceOf<IHostApplicationLifetime>(silo).StopApplication();

    private T ServiceOf<T>(SiloAddress silo)
        where T : notnull => _cluster.GetSiloServiceProvider(silo).GetRequiredService<T>();

    private void Configure(IHostApplicationBuilder host)
    {
        host.Configuration["SECRET_KEY"] = "a secret of at least thirty-two bytes";
        host.Configuration["BASIC_DAILY_MESSAGES"] = "0";
        foreach (var (name, value) in _settings)
        {
            host.Configuration[name] = value;
        }

        host.Services.AddSingleton(_store.GetRequiredService<Database>());
        host.Services.AddSingleton<IRoomStore>(RoomStoreFaults);
        host.Services.AddSingleton(Shares);
        host.Services.AddSingleton<IUserStore>(UserStoreFaults);
        host.Services.AddSingleton(_store.GetRequiredService<IFileStore>());
        host.Services.AddSingleton(_store.GetRequiredService<IMessageSearch>());
        host.Services.AddSingleton(UnverifiedNumbers);
        host.Services.AddSingleton<ISubscriptionStore>(SubscriptionStoreFaults);
        host.Services.AddSingleton<IPaymentProvider>(Payments);
        host.Services.AddSingleton<IChatClient>(_model);
        host.Services.AddSingleton<TimeProvider>(Time);
        host.Services.AddGrains();
        host.Services.Configure<ModelOptions>(options => options.FirstBackoff = TimeSpan.FromMilliseconds(1));
        host.Services.Configure<SubscriptionOptions>(options =>
            (options.FirstBackoff, options.ReadsPerSecond) = (TimeSpan.FromMilliseconds(1), 10_000));
        host.Services.Configure<ChatroomOptions>(options => options.CheckpointInterval = TimeSpan.FromMilliseconds(100));
        host.UseOrleans(silo =>
        {
            silo.UseStoreForGrainState();
            if (_placesByUser)
            {
                silo.UseUserPlacement();
            }
        });
        if (_recoversSiloLosses)
        {
            host.Services.AddSingleton(new ClusterSettings(RedisUrl: "", SiloPort: 0, GatewayPort: 0));
            host.Services.AddSingleton<TurnRecovery>();
            host.Services.AddHostedService<SiloLossRecovery>();
        }
    }

    /// <summary>Calls go to the model of the test that runs now.</summary>
    private sealed class CurrentModel : IChatClient
    {
        public FakeModel Current { get; set; } = new();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Current.GetStreamingResponseAsync(messages, options, cancellationToken);

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Current.GetResponseAsync(messages, options, cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
