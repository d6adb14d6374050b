using GeminiChat.Grains;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Users;
using GeminiChat.ServiceDefaults.ClusterTls;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.ServiceDefaults.Telemetry;
using GeminiChat.Silo.Dashboard;
using GeminiChat.Silo.Gemini;
using GeminiChat.Silo.Payments;
using GeminiChat.Silo.Recovery;
using GeminiChat.Silo.Store;
using Orleans.Configuration;

namespace GeminiChat.Silo.Hosting;

/// <summary>Hosts a silo: in a process of its own, or in the gateway's.</summary>
public static class SiloHosting
{
    // Three missed probes tell a dead silo, after 4 s to 8 s: a new silo's answers are expected as soon as those of one that
    // is known, and later only when they are late. One with an open connection also has to have been silent for three of
    // the longest: by default a minute, in which a host that is gone or paused keeps its grains.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxProbeTimeout = TimeSpan.FromSeconds(4);

    // One read of Redis. What a silo has not been told it finds there; and when all have crashed and start at once, they get
    // in each other's way when they strike their former selves off the table, try again at the next look, and none is ready
    // before. By default that is a minute.
    private static readonly TimeSpan TableRefreshInterval = TimeSpan.FromSeconds(10);

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
        services.Configure<HostOptions>(options => options.ShutdownTimeout = HostRunner.ShutdownTimeout);
        services.AddSingleton(cluster);
        services.AddSingleton(new StartupReportLine("engine", cluster.IsClustered
            ? $"Orleans, a silo of a cluster, ports {cluster.SiloPort} and {cluster.GatewayPort}"
            : "Orleans, in this process"));
        services.AddSingleton<ProcessTerminator>();
        services.AddSingleton<IFatalErrorHandler, FatalErrorHandler>();
        services.AddStore(cluster.IsClustered);
        services.AddModel();
        services.AddPayments();
        services.AddGrains();
        builder.UseOrleans(silo => silo.UseClustering(cluster).UseStoreForGrainState().UseNotices().UseTracing());
        services.AddHostedService<TurnShutdown>();
        services.AddTurnRecovery(cluster);
        services.AddHostedService<DeletedRoomPurge>();
        services.AddHostedService<SubscriptionRecovery>();
        services.AddHostedService<DeletedUserRecovery>();
        services.AddHostedService<UnverifiedNumberExpiry>();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store", tags: [HealthTags.Ready]);
        if (cluster.IsClustered)
        {
            builder.AddSiloTls();
            services.AddMembershipMonitor();
            services.AddHealthChecks().AddCheck<ShutdownHealthCheck>("leaving", tags: [HealthTags.Ready]);
        }
    }

    /// <summary>Locks the database and brings its schema up to date, where this process hosts a silo.</summary>
    public static Task PrepareStore(WebApplication app) =>
        app.Services.GetService<StoreLifecycleService>()?.StartingAsync(app.Lifetime.ApplicationStopping) ?? Task.CompletedTask;

    /// <summary>Adds what grains need, with their options bound to the settings.</summary>
    internal static void AddGrains(this IServiceCollection services)
    {
        services.AddGrainServices();
        services.AddSettings<ChatroomOptions>();
        services.AddSettings<ModelOptions>();
        services.AddSettings<DailyQuotaOptions>();
        services.AddSettings<SubscriptionOptions>();
        services.AddSettings<OneTimeCodeOptions>();
    }

    /// <summary>Takes up replies that nobody writes any more; where silos can be lost, as soon as one is.</summary>
    internal static void AddTurnRecovery(this IServiceCollection services, ClusterSettings cluster)
    {
        services.AddSingleton<TurnRecovery>();
        services.AddHostedService(provider => provider.GetRequiredService<TurnRecovery>());
        if (cluster.IsClustered)
        {
            services.AddHostedService<SiloLossRecovery>();
        }
    }

    /// <summary>Ends the process, and is red before, when the cluster's table has lost this silo.</summary>
    internal static void AddMembershipMonitor(this IServiceCollection services)
    {
        services.AddSingleton<MembershipMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<MembershipMonitor>());
        services.AddHealthChecks().AddCheck<MembershipHealthCheck>("membership", tags: [HealthTags.Ready]);
    }

    private static ISiloBuilder UseClustering(this ISiloBuilder silo, ClusterSettings cluster)
    {
        if (cluster.RedisUrl is not { } redis)
        {
            return silo.UseLocalhostClustering(cluster.SiloPort, cluster.GatewayPort, null, ClusterSettings.ServiceId, ClusterSettings.ServiceId);
        }

        return silo
            .UseRedisClustering(options => options.ConfigurationOptions = RedisUrl.Parse(redis))
            .ConfigureSiloEndpoints(cluster)
            .Configure<ClusterMembershipOptions>(options =>
            {
                (options.ProbeTimeout, options.MinProbeTimeout, options.MaxProbeTimeout) = (ProbeTimeout, ProbeTimeout, MaxProbeTimeout);
                options.TableRefreshTimeout = TableRefreshInterval;
            })
            .Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (ClusterSettings.ServiceId, ClusterSettings.ServiceId))
            .UseRandomPlacement()
            .UseConfiguredHosting()
            .UseDashboard();
    }

    /// <summary>
    /// Grains go to any silo, as chance has it. By Orleans' default they go to the one with the least load: a silo that has
    /// just started gets nearly all that come to be, until the numbers tell, and takes them with it when it is lost.
    /// </summary>
    private static ISiloBuilder UseRandomPlacement(this ISiloBuilder silo) =>
        silo.ConfigureServices(services => services.AddSingleton<PlacementStrategy, RandomPlacement>());

    private static ISiloBuilder ConfigureSiloEndpoints(this ISiloBuilder silo, ClusterSettings cluster) => cluster.SiloAddress is { } address
        ? silo.ConfigureEndpoints(address, cluster.SiloPort, cluster.GatewayPort)
        : silo.ConfigureEndpoints(cluster.SiloPort, cluster.GatewayPort);
}
