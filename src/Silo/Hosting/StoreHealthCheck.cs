using GeminiChat.Silo.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.Silo.Hosting;

/// <summary>Whether the database answers.</summary>
internal sealed class StoreHealthCheck(IStoreHealth store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await store.Ping(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
}
