using System.Net;
using GeminiChat.Grains;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Users;
using GeminiChat.ServiceDefaults.ClusterTls;
using GeminiChat.ServiceDefaults.Files;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.ServiceDefaults.Telemetry;
using GeminiChat.Silo.Dashboard;
using GeminiChat.Silo.Gemini;
using GeminiChat.Silo.Maintenance;
using GeminiChat.Silo.Payments;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Webhooks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Configuration;

namespace GeminiChat.Silo.Hosting;

/// <summary>Hosts a silo, in its own process or in the gateway's.</summary>
public static class SiloHosting
{
    // A silo is dead after three missed probes, which takes 4 s to 8 s. The timeout of a probe starts at its minimum, and grows
    // when answers are late. A silo with an open connection must also have been silent for three times the maximum. By default
    // that is a minute, during which the grains of a lost or paused host cannot be used.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxProbeTimeout = TimeSpan.FromSeconds(4);

    // One read of Redis. A silo finds there what it was not notified of. When all silos have crashed and start at the same time,
    // they conflict when they remove their former rows from the table. They retry at the next read and are ready only then. By
    // default that takes a minute.
    private static readonly TimeSpan TableRefreshInterval = TimeSpan.FromSeconds(10);

    // As long as for the lock on the database.
    private static readonly TimeSpan RedisTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Adds a silo with everything that grains need.</summary>
    /// <remarks>
    /// At shutdown the running turns end first. Then the services stop in the opposite order: the web server, Orleans, the store.
    /// </remarks>
    public static void AddSilo(this IHostApplicationBuilder builder, ClusterSettings cluster)
    {
        // Polly logs each placement of a grain, and the watchdog reports its own start as a stall of hours.
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
        FileStorageAddress.Register(services, cluster.IsClustered);
        services.AddModel();
        services.AddSingleton<GeminiFiles>();
        services.AddPayments();
        services.AddGrains();
        builder.UseOrleans(silo => silo.UseClustering(cluster).UseStoreForGrainState().UseTracing());
        services.AddHostedService<TurnShutdown>();
        services.AddTurnRecovery(cluster);
        services.AddSettings<RoomExpiryOptions>();
        services.AddHostedService<RoomExpiry>();
        services.AddHostedService<DeletedRoomPurge>();
        services.AddHostedService<MessageIndexing>();
        services.AddHostedService<SubscriptionRecovery>();
        services.AddHostedService<DeletedUserRecovery>();
        services.AddHostedService<UnverifiedNumberExpiry>();
        services.AddHostedService<EndedShareRemoval>();
        services.AddHostedService<FileErasure>();
        services.AddWebhooks();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store", tags: [HealthTags.Ready]);
        if (cluster.RedisUrl is { } redis)
        {
            services.AddStartupChecks(redis);
            builder.AddSiloTls();
            services.AddMembershipMonitor();
            services.AddHealthChecks().AddCheck<ShutdownHealthCheck>("shutdown", tags: [HealthTags.Ready]);
        }
    }

    /// <summary>Locks the database and migrates its schema, if this process hosts a silo.</summary>
    public static Task PrepareStore(WebApplication app) =>
        app.Services.GetService<StoreLifecycleService>()?.StartingAsync(app.Lifetime.ApplicationStopping) ?? Task.CompletedTask;

    /// <summary>Adds the grains' services and options.</summary>
    internal static void AddGrains(this IServiceCollection services)
    {
        services.AddGrainServices();
        services.AddSettings<ChatroomOptions>();
        services.AddSettings<ModelOptions>();
        services.AddSettings<ModelCatalogOptions>();
        services.AddSettings<TierOptions>();
        services.AddSettings<SubscriptionOptions>();
        services.AddSettings<OneTimeCodeOptions>();
    }

    /// <summary>Continues pending turns after a restart, and in a cluster as soon as a silo is lost.</summary>
    internal static void AddTurnRecovery(this IServiceCollection services, ClusterSettings cluster)
    {
        services.AddSingleton<TurnRecovery>();
        services.AddHostedService(provider => provider.GetRequiredService<TurnRecovery>());
        if (cluster.IsClustered)
        {
            services.AddHostedService<SiloLossRecovery>();
        }
    }

    internal static void AddMembershipMonitor(this IServiceCollection services)
    {
        services.AddSingleton<MembershipMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<MembershipMonitor>());
        services.AddHealthChecks().AddCheck<MembershipMonitor>("membership", tags: [HealthTags.Ready]);
    }

    private static void AddStartupChecks(this IServiceCollection services, string redis)
    {
        services.AddSingleton<IStartupCheck>(provider =>
            new ListeningPort("SILO_PORT", ListeningEndpoint(provider, silo => (silo.SiloListeningEndpoint, silo.SiloPort))));
        services.AddSingleton<IStartupCheck>(provider =>
            new ListeningPort("SILO_GATEWAY_PORT", ListeningEndpoint(provider, silo => (silo.GatewayListeningEndpoint, silo.GatewayPort))));
        services.AddSingleton<IStartupCheck>(provider => new RedisCheck(
            redis, RedisTimeout, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisCheck>>()));
    }

    private static IPEndPoint ListeningEndpoint(IServiceProvider services, Func<EndpointOptions, (IPEndPoint? Own, int Port)> of)
    {
        var options = services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        var (own, port) = of(options);
        return own ?? new IPEndPoint(options.AdvertisedIPAddress, port);
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
            .UseUserPlacement()
            .UseConfiguredHosting()
            .UseDashboard();
    }

    // By default Orleans activates grains on the silo with the least load. A new silo would get nearly all of them until the load
    // numbers are updated, and the grains of a user would call each other over the network.
    internal static ISiloBuilder UseUserPlacement(this ISiloBuilder silo) => silo
        .AddPlacementDirector<UserPlacement, UserPlacementDirector>()
        .ConfigureServices(services => services.AddSingleton<PlacementStrategy, UserPlacement>());

    private static ISiloBuilder ConfigureSiloEndpoints(this ISiloBuilder silo, ClusterSettings cluster) => cluster.SiloAddress is { } address
        ? silo.ConfigureEndpoints(address, cluster.SiloPort, cluster.GatewayPort)
        : silo.ConfigureEndpoints(cluster.SiloPort, cluster.GatewayPort);

    /// <summary>
    /// Reads <c>HOSTING</c>. With <c>kubernetes</c> a silo has its pod's name, and is declared dead as soon as the pod is
    /// deleted. The pod must have the labels <c>orleans/serviceId</c> and <c>orleans/clusterId</c>, and its account must be
    /// allowed to get, list and watch pods. Kubernetes is not detected, because without these permissions a silo would never start.
    /// </summary>
    /// <exception cref="SettingException">The value is wrong.</exception>
    internal static ISiloBuilder UseConfiguredHosting(this ISiloBuilder silo) => silo.Configuration["HOSTING"] switch
    {
        null or "" => silo,
        "kubernetes" => silo.UseKubernetesHosting(),
        var other => throw new SettingException($"HOSTING is '{other}'; it can be 'kubernetes', or not set."),
    };

    /// <summary>Red from the begin of the shutdown, while the running turns end.</summary>
    private sealed class ShutdownHealthCheck(IHostApplicationLifetime lifetime) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
                ? HealthCheckResult.Unhealthy("The silo is shutting down.")
                : HealthCheckResult.Healthy());
    }
}
