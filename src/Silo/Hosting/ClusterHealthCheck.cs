using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.Silo.Hosting;

/// <summary>Whether a silo can be reached.</summary>
/// <remarks>
/// A connection is enough. Without one it asks, because the client connects only when there is something to send, and
/// who is not ready gets nothing to send.
/// </remarks>
internal sealed class ClusterHealthCheck(ClusterConnection connection, IGrainFactory grains, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        connection.IsOpen || await IsAnswered(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("No silo can be reached.");

    private async Task<bool> IsAnswered(CancellationToken cancellationToken)
    {
        try
        {
            // Every cluster has this grain.
            await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).WaitAsync(Patience, time, cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
