using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.Silo.Hosting;

/// <summary>Red from the signal to stop on, while turns come to their ends.</summary>
internal sealed class ShutdownHealthCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("The silo is leaving.")
            : HealthCheckResult.Healthy());
}

/// <summary>Red when the cluster's table was found not to list this silo.</summary>
internal sealed class MembershipHealthCheck(MembershipMonitor watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(watch.IsMissing
            ? HealthCheckResult.Unhealthy("The cluster's table does not list this silo.")
            : HealthCheckResult.Healthy());
}
