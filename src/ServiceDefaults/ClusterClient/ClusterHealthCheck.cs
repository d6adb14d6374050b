using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.ServiceDefaults.ClusterClient;

/// <summary>Whether a silo can be reached.</summary>
/// <remarks>
/// An open connection is enough. Without one the check makes a call, because the client connects only for a call, and a gateway
/// that is not ready gets no requests that would make calls.
/// </remarks>
internal sealed class ClusterHealthCheck(ClusterConnection connection, IGrainFactory grains, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        connection.IsConnected || await CanReachSilo(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("No silo can be reached.");

    private async Task<bool> CanReachSilo(CancellationToken cancellationToken)
    {
        try
        {
            // Every cluster has the management grain.
            await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).WaitAsync(CallTimeout, time, cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>Counts the silos that the client is connected to. Thread-safe.</summary>
internal sealed class ClusterConnection : IClusterConnectionStatusObserver
{
    private int _silos;

    public bool IsConnected => Volatile.Read(ref _silos) > 0;

    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered) =>
        Volatile.Write(ref _silos, currentNumberOfGateways);

    public void NotifyClusterConnectionLost() => Volatile.Write(ref _silos, 0);
}
