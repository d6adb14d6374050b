using GeminiChat.Grains;
using GeminiChat.Silo.ClusterTls;
using GeminiChat.Silo.Dashboard;
using GeminiChat.Silo.Gemini;
using GeminiChat.Silo.Payments;
using GeminiChat.Silo.Recovery;
using GeminiChat.Silo.Settings;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;

namespace GeminiChat.Silo.Hosting;

/// <summary>Hosts a silo: in a process of its own, or in the gateway's.</summary>
public static class SiloHosting
{
    /// <summary>Health checks with this tag decide whether a process is ready for traffic.</summary>
    public const string ReadyTag = "ready";

    /// <summary>The name that grain state is stored under: it must never change.</summary>
    private const string ServiceId = "geminichat";

    // Turns at work get 15 s, their checkpoints 5 s, and Orleans the rest.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    // Three missed probes tell a dead silo, after 4 s to 8 s: a new silo's answers are expected as soon as those of one that
    // is known, and later only when they are late. One with an open connection also has to have been silent for three of
    // the longest: by default a minute, in which a host that is gone or paused keeps its grains.
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(4);

    // One read of Redis. What a silo has not been told it finds there; and when all have crashed and start at once, they get
    // in each other's way when they strike their former selves off the table, try again at the next look, and none is ready
    // before. By default that is a minute.
    private static readonly TimeSpan LookAtTableEvery = TimeSpan.FromSeconds(10);

    // Most calls are answered from memory or after one commit: whoever waits longer waits for a silo that is lost. To stop a
    // reply or to delete a room may take 10 s; that is asked for again meanwhile.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    // One read of Redis: a gateway sees silos come, and tries again one that was away, within this time.
    private static readonly TimeSpan LookForSilosEvery = TimeSpan.FromSeconds(10);

    /// <summary>Adds a silo with everything that grains need.</summary>
    /// <remarks>
    /// First the turns are drained, then services stop in the opposite order: the web server, Orleans, the store.
    /// </remarks>
    public static void AddSilo(this IHostApplicationBuilder builder, ClusterSettings cluster)
    {
        // Polly tells of each placement of a grain, and the watchdog takes its own start for a stall of hours.
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        var services = builder.Services;
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        services.AddSingleton(cluster);
        services.AddSingleton(new StartLine("engine", cluster.IsClustered
            ? $"Orleans, a silo of a cluster, ports {cluster.SiloPort} and {cluster.GatewayPort}"
            : "Orleans, in this process"));
        services.AddSingleton<ProcessEnd>();
        services.AddSingleton<IFatalErrorHandler, FatalErrors>();
        services.AddStore(cluster.IsClustered);
        services.AddModel(builder.Configuration);
        services.AddPayments(builder.Configuration);
        services.AddGrainServices();
        builder.UseOrleans(silo => silo.Cluster(cluster).UseStore().UseNotices().UseTraces());
        services.AddHostedService<TurnDraining>();
        services.AddTurnRecovery(cluster);
        services.AddHostedService<RoomPurge>();
        services.AddHostedService<SubscriptionRecovery>();
        services.AddHostedService<UserRecovery>();
        services.AddHostedService<NumberExpiry>();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store", tags: [ReadyTag]);
        if (cluster.IsClustered)
        {
            builder.AddSiloTls();
            services.AddMembershipWatch();
            services.AddHealthChecks().AddCheck<LeavingHealthCheck>("leaving", tags: [ReadyTag]);
        }
    }

    /// <summary>Makes the process a client of a cluster. It tries to connect for as long as there is none.</summary>
    public static void AddClusterClient(this IHostApplicationBuilder builder, ClusterSettings cluster)
    {
        // The web server starts beside the client's attempts, and answers the probes meanwhile.
        builder.Services.Configure<HostOptions>(options =>
            (options.ServicesStartConcurrently, options.ShutdownTimeout) = (true, ShutdownTimeout));
        builder.Services.AddSingleton(new StartLine("engine", "Orleans, on the silos of a cluster"));
        builder.AddClientTls();
        builder.UseOrleansClient(client =>
        {
            client.UseRedisClustering(options => options.ConfigurationOptions = RedisUrl.Parse(cluster.RedisUrl!));
            client.Configure<ClusterOptions>(SetNames);
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = AnswerWithin);
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = LookForSilosEvery);
            client.UseConnectionRetryFilter<KeepConnecting>();
            client.AddClusterHealth();
            client.UseTraces();
        });
    }

    /// <summary>Adds a check that is red while no silo can be reached.</summary>
    internal static void AddClusterHealth(this IClientBuilder client)
    {
        client.Services.TryAddSingleton(TimeProvider.System);
        client.Services.AddSingleton<ClusterConnection>();
        client.Services.AddSingleton<IClusterConnectionStatusObserver>(
            services => services.GetRequiredService<ClusterConnection>());
        client.Services.AddHealthChecks().AddCheck<ClusterHealthCheck>("cluster", tags: [ReadyTag]);
    }

    /// <summary>Takes up replies that nobody writes any more; where silos can be lost, as soon as one is.</summary>
    internal static void AddTurnRecovery(this IServiceCollection services, ClusterSettings cluster)
    {
        services.AddSingleton<TurnRecovery>();
        services.AddHostedService(provider => provider.GetRequiredService<TurnRecovery>());
        if (cluster.IsClustered)
        {
            services.AddHostedService<LossRecovery>();
        }
    }

    /// <summary>Ends the process, and is red before, when the cluster's table has lost this silo.</summary>
    internal static void AddMembershipWatch(this IServiceCollection services)
    {
        services.AddSingleton<MembershipWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<MembershipWatch>());
        services.AddHealthChecks().AddCheck<MembershipHealthCheck>("membership", tags: [ReadyTag]);
    }

    private static ISiloBuilder Cluster(this ISiloBuilder silo, ClusterSettings cluster)
    {
        if (cluster.RedisUrl is not { } redis)
        {
            return silo.UseLocalhostClustering(cluster.SiloPort, cluster.GatewayPort, null, ServiceId, ServiceId);
        }

        return silo
            .UseRedisClustering(options => options.ConfigurationOptions = RedisUrl.Parse(redis))
            .ListenOn(cluster)
            .Configure<ClusterMembershipOptions>(options =>
            {
                (options.ProbeTimeout, options.MinProbeTimeout, options.MaxProbeTimeout) = (Probe, Probe, LongestProbe);
                options.TableRefreshTimeout = LookAtTableEvery;
            })
            .Configure<ClusterOptions>(SetNames)
            .Spread()
            .UsePods()
            .UseDashboard();
    }

    /// <summary>
    /// Grains go to any silo, as chance has it. By Orleans' default they go to the one with the least load: a silo that has
    /// just started gets nearly all that come to be, until the numbers tell, and takes them with it when it is lost.
    /// </summary>
    private static ISiloBuilder Spread(this ISiloBuilder silo) =>
        silo.ConfigureServices(services => services.AddSingleton<PlacementStrategy, RandomPlacement>());

    private static ISiloBuilder ListenOn(this ISiloBuilder silo, ClusterSettings cluster) => cluster.SiloAddress is { } address
        ? silo.ConfigureEndpoints(address, cluster.SiloPort, cluster.GatewayPort)
        : silo.ConfigureEndpoints(cluster.SiloPort, cluster.GatewayPort);

    private static void SetNames(ClusterOptions options)
    {
        options.ServiceId = ServiceId;
        options.ClusterId = ServiceId;
    }
}
