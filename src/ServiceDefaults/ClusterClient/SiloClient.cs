using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace GeminiChat.ServiceDefaults.ClusterClient;

/// <summary>A client that is connected to one silo only, so its calls enter the cluster there.</summary>
internal sealed class SiloClient : IAsyncDisposable
{
    // Orleans has no limit of its own: it asks a silo that does not answer again and again.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly ServiceProvider _services;
    private readonly ClusterConnection _connection;
    private readonly IHostedService _client;

    private SiloClient(ServiceProvider services)
    {
        _services = services;
        _connection = services.GetRequiredService<ClusterConnection>();
        _client = services.GetServices<IHostedService>().Single();
        Calls = services.GetRequiredService<IGrainReferenceRuntime>();
    }

    public bool IsConnected => _connection.IsConnected;

    /// <summary>Makes the calls.</summary>
    public IGrainReferenceRuntime Calls { get; }

    /// <summary>Creates a client and connects it.</summary>
    /// <param name="silo">The address at which the silo serves clients.</param>
    /// <param name="process">The services of the process. The client shares their settings and their log.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<SiloClient> Connect(IPEndPoint silo, IServiceProvider process, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddSingleton(process.GetRequiredService<ILoggerFactory>());
        services.AddSingleton(process.GetRequiredService<IOptions<ClusterOptions>>());
        services.AddSingleton(process.GetRequiredService<IOptions<ClientMessagingOptions>>());
        services.AddSingleton(process.GetRequiredService<IOptions<ClientConnectionOptions>>());
        services.AddSingleton<ClusterConnection>();
        services.AddSingleton<IClusterConnectionStatusObserver>(provider => provider.GetRequiredService<ClusterConnection>());
        new ClientBuilder(services, process.GetRequiredService<IConfiguration>()).UseStaticClustering(silo);
        services.AddSingleton<IClientConnectionRetryFilter, NoRetries>();
        var client = new SiloClient(services.BuildServiceProvider());
        try
        {
            await client._client.StartAsync(cancellationToken).WaitAsync(Timeout, TimeProvider.System, cancellationToken);
            return client;
        }
        catch
        {
            await client._services.DisposeAsync();
            throw;
        }
    }

    /// <summary>Disconnects. Calls that have no answer yet fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await _client.StopAsync(CancellationToken.None).WaitAsync(Timeout, TimeProvider.System)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _services.DisposeAsync();
    }

    // The next look at the list of silos tries again.
    private sealed class NoRetries : IClientConnectionRetryFilter
    {
        public Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
