using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.Silo.Hosting;

/// <summary>Whether the process stays: red from the signal on, while turns come to their ends.</summary>
internal sealed class LeavingHealthCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("The silo is leaving.")
            : HealthCheckResult.Healthy());
}
