using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.Silo.Hosting;

/// <summary>Whether the cluster's table lists this silo, as far as is known.</summary>
internal sealed class MembershipHealthCheck(MembershipWatch watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(watch.IsMissing
            ? HealthCheckResult.Unhealthy("The cluster's table does not list this silo.")
            : HealthCheckResult.Healthy());
}
