using System.Collections.Frozen;
using System.Net;
using GeminiChat.GrainInterfaces;

namespace GeminiChat.ServiceDefaults.ClusterClient;

/// <summary>
/// A client for each active silo, beside the client of the whole cluster. The latter sends the calls of a grain to any silo,
/// which passes them on. The calls of rooms and users go straight to the silo that <see cref="UserSilo"/> names.
/// </summary>
/// <remarks>
/// A call may enter anywhere and is still answered. So the list of silos may be some seconds old, and a silo that cannot be
/// reached is left to the client of the cluster.
/// </remarks>
internal sealed partial class SiloClients(IServiceProvider services, TimeProvider time, ILogger<SiloClients> logger)
    : BackgroundService, IAsyncDisposable
{
    // A read of Redis by a silo.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(5);

    // A silo that has left the list may still answer calls until it has stopped.
    private static readonly TimeSpan LastAnswerTimeout = TimeSpan.FromSeconds(30);

    private volatile SiloList _list = new([]);

    /// <summary>What makes the calls of a grain at the client of its silo; null for the client of the cluster.</summary>
    public IGrainReferenceRuntime? Find(GrainId grain)
    {
        var list = _list;
        return list.Silos.Length > 0 && UserSilo.IsRoomOrUser(grain) && UserSilo.TryGetUser(grain, out var userId)
            && list.Clients[UserSilo.Choose(userId, list.Silos)] is { IsConnected: true } client
                ? client.Calls
                : null;
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes of it twice: as itself and as a hosted service.
        var clients = _list.Clients.Values;
        _list = new([]);
        foreach (var client in clients)
        {
            await (client?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RefreshInterval, time);
        do
        {
            try
            {
                await Refresh(stoppingToken);
            }
            catch (Exception reason) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRefreshed(logger, reason.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Refresh(CancellationToken cancellationToken)
    {
        var active = await services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0)
            .GetDetailedHosts(onlyActive: true).WaitAsync(cancellationToken);
        var former = _list.Clients;

        // All calls enter at a single silo anyway.
        var clients = await Task.WhenAll(active.Where(_ => active.Length > 1).Select(async silo => KeyValuePair.Create(
            silo.SiloAddress,
            former.GetValueOrDefault(silo.SiloAddress)
                ?? await TryConnect(new IPEndPoint(silo.SiloAddress.Endpoint.Address, silo.ProxyPort), cancellationToken))));
        _list = new(clients);
        foreach (var (silo, client) in former)
        {
            if (client is not null && !_list.Clients.ContainsKey(silo))
            {
                _ = DisposeLater(client);
            }
        }
    }

    private async Task<SiloClient?> TryConnect(IPEndPoint silo, CancellationToken cancellationToken)
    {
        try
        {
            return await SiloClient.Connect(silo, services, cancellationToken);
        }
        catch (Exception reason) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotConnected(logger, silo, reason.Message);
            return null;
        }
    }

    private async Task DisposeLater(SiloClient client)
    {
        await Task.Delay(LastAnswerTimeout, time);
        await client.DisposeAsync();
    }

    /// <summary>The active silos and their clients; a client is null while its silo cannot be reached.</summary>
    private sealed class SiloList(KeyValuePair<SiloAddress, SiloClient?>[] clients)
    {
        public SiloAddress[] Silos { get; } = Array.ConvertAll(clients, entry => entry.Key);

        public FrozenDictionary<SiloAddress, SiloClient?> Clients { get; } = clients.ToFrozenDictionary();
    }

    [LoggerMessage(LogLevel.Debug, "The list of silos was not read: {Reason}")]
    private static partial void LogNotRefreshed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "No connection to {Silo}; its calls enter the cluster at other silos. {Reason}")]
    private static partial void LogNotConnected(ILogger logger, IPEndPoint silo, string reason);
}
