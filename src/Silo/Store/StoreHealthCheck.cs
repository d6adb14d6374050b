using Dapper;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.Silo.Store;

/// <summary>Whether the database answers.</summary>
internal sealed class StoreHealthCheck(Database database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await database.Read(connection => connection.ExecuteScalarAsync<long>("select 1")).WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy();
        }
    }
}
