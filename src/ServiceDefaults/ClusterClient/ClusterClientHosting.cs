using GeminiChat.ServiceDefaults.ClusterTls;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;

namespace GeminiChat.ServiceDefaults.ClusterClient;

/// <summary>Makes a process a client of a cluster of silos.</summary>
internal static partial class ClusterClientHosting
{
    // Most calls are answered from memory or after one commit. A longer wait usually means that a silo is lost. To stop a reply
    // or to delete a room can take 10 s; the gateway retries these calls.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    // One read of Redis. Within this time a gateway finds new silos and retries silos that could not be reached.
    private static readonly TimeSpan SiloListRefresh = TimeSpan.FromSeconds(10);

    /// <summary>Adds the client. At start it tries to connect until a silo answers.</summary>
    public static void AddClusterClient(this IHostApplicationBuilder builder, ClusterSettings cluster)
    {
        // The web server starts at the same time and answers probes while the client still tries to connect.
        builder.Services.Configure<HostOptions>(options =>
            (options.ServicesStartConcurrently, options.ShutdownTimeout) = (true, HostRunner.ShutdownTimeout));
        builder.Services.AddSingleton(new StartupReportLine("engine", "Orleans, on the silos of a cluster"));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IStartupCheck>(provider => new RedisCheck(
            cluster.RedisUrl!, timeout: null, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisCheck>>()));
        builder.AddClientTls();
        builder.UseOrleansClient(client =>
        {
            client.UseRedisClustering(options => options.ConfigurationOptions = RedisUrl.Parse(cluster.RedisUrl!));
            client.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (ClusterSettings.ServiceId, ClusterSettings.ServiceId));
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = SiloListRefresh);
            client.UseConnectionRetryFilter<ConnectionRetryFilter>();
            client.AddClusterHealthCheck();
            client.UseTracing();
        });
    }

    /// <summary>Adds a readiness check that is red while no silo can be reached.</summary>
    public static void AddClusterHealthCheck(this IClientBuilder client)
    {
        client.Services.TryAddSingleton(TimeProvider.System);
        client.Services.AddSingleton<ClusterConnection>();
        client.Services.AddSingleton<IClusterConnectionStatusObserver>(
            services => services.GetRequiredService<ClusterConnection>());
        client.Services.AddHealthChecks().AddCheck<ClusterHealthCheck>("cluster", tags: [HealthTags.Ready]);
    }

    /// <summary>
    /// A gateway may start before any silo, so the client retries each second until a silo answers. Only a long wait is worth a
    /// warning.
    /// </summary>
    private sealed partial class ConnectionRetryFilter(TimeProvider time, ILogger<ConnectionRetryFilter> logger) : IClientConnectionRetryFilter
    {
        private const int TriesPerWarning = 60;
        private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

        private int _tries;

        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            if (_tries++ is 0)
            {
                LogNoSilo(logger);
            }
            else if (_tries % TriesPerWarning is 0)
            {
                LogStillNoSilo(logger, _tries, exception.Message);
            }

            await Task.Delay(Delay, time, cancellationToken);
            return true;
        }

        [LoggerMessage(LogLevel.Information, "No silo answers yet. This gateway tries again every second")]
        private static partial void LogNoSilo(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "No silo has answered {Tries} tries: {Reason}")]
        private static partial void LogStillNoSilo(ILogger logger, int tries, string reason);
    }
}
