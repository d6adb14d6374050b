using GeminiChat.ServiceDefaults.Startup;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Clustering.Redis;

namespace GeminiChat.Silo.Hosting;

/// <summary>
/// Checks that the membership table in Redis lists this silo. When the table could not be read for a while, the monitor updates this silo's
/// row, and what this silo knows of the others, as soon as it can. When the table does not list the silo any more, for example
/// because Redis has lost its data, the monitor ends the process: Orleans writes a silo's row only once, so no other member would
/// find this silo, and new silos would form another cluster. Until then the health check is red.
/// </summary>
/// <remarks>
/// A table that cannot be read is no reason to end: silos continue while Redis is away. But Orleans then reads the table at
/// longer and longer intervals, up to a minute, and a silo that joins does not notify silos whose I-am-alive time is 90 s old.
/// Until these have read the table, they and the new silo disagree about where grains are: the same room could be on two silos.
/// </remarks>
internal sealed partial class MembershipMonitor(
    IMembershipTable table,
    IClusterMembershipService membership,
    ILocalSiloDetails silo,
    ProcessTerminator terminator,
    TimeProvider time,
    ILogger<MembershipMonitor> logger)
    : BackgroundService, IHealthCheck
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan UnavailableInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Whether the last check found no row of this silo.</summary>
    public bool IsMissing { get; private set; }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsMissing
            ? HealthCheckResult.Unhealthy("The membership table does not list this silo.")
            : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isAway = false;
        while (true)
        {
            await Task.Delay(isAway ? UnavailableInterval : Interval, time, stoppingToken);
            if (await IsListed(stoppingToken) is not { } isListed)
            {
                isAway = true;
                continue;
            }

            if (IsMissing && !isListed)
            {
                terminator.Terminate("The membership table does not list this silo any more. Redis may have lost its data.");
                return;
            }

            IsMissing = !isListed;
            isAway = isAway && isListed && !await RefreshMembership(stoppingToken);
        }
    }

    /// <summary>Writes this silo's I-am-alive time, and reads the table's current state.</summary>
    /// <returns>Whether both succeeded.</returns>
    private async Task<bool> RefreshMembership(CancellationToken cancellationToken)
    {
        try
        {
            var alive = new MembershipEntry { SiloAddress = silo.SiloAddress, IAmAliveTime = time.GetUtcNow().UtcDateTime };
            await table.UpdateIAmAliveAsync(alive, cancellationToken).WaitAsync(CallTimeout, time, cancellationToken);
            await membership.Refresh(cancellationToken: cancellationToken).AsTask().WaitAsync(CallTimeout, time, cancellationToken);
            Log.CaughtUp(logger);
            return true;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotReadable(logger, failure.GetType().Name);
            return false;
        }
    }

    /// <summary>Whether the table lists this silo; null when it cannot be read.</summary>
    private async Task<bool?> IsListed(CancellationToken cancellationToken)
    {
        try
        {
            var row = await table.ReadRowAsync(silo.SiloAddress, cancellationToken).WaitAsync(CallTimeout, time, cancellationToken);
            return row.Members.Count > 0;
        }
        catch (RedisClusteringException)
        {
            // Redis answers, but the table is not in the state that silos have written.
            return false;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotReadable(logger, failure.GetType().Name);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The membership table cannot be read: {Failure}")]
        public static partial void NotReadable(ILogger logger, string failure);

        [LoggerMessage(LogLevel.Information, "The membership table can be read again")]
        public static partial void CaughtUp(ILogger logger);
    }
}
