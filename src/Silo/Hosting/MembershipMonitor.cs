using GeminiChat.ServiceDefaults.Startup;
using Orleans.Clustering.Redis;

namespace GeminiChat.Silo.Hosting;

/// <summary>
/// Keeps this silo and the cluster's table from losing sight of each other. When the table could not be read for a while,
/// it brings both up to date as soon as it can. It ends the process of a silo that is missing in the table, as after Redis
/// has lost its data: Orleans writes a silo's row once and never again, so nobody would find the silo, and those that
/// start would make a cluster of their own.
/// </summary>
/// <remarks>
/// A table that cannot be read says nothing: silos serve for as long as Redis is away. But Orleans then looks at it more
/// and more rarely, up to a minute apart, and one that joins tells no silo whose sign of life is 90 s old. Until they have
/// found out, it and they would disagree about where grains are: the same room would be on two silos.
/// </remarks>
internal sealed partial class MembershipMonitor(
    IMembershipTable table,
    IClusterMembershipService membership,
    ILocalSiloDetails silo,
    ProcessTerminator terminator,
    TimeProvider time,
    ILogger<MembershipMonitor> logger)
    : BackgroundService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan UnavailableInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Whether the row was missing when it was last looked for.</summary>
    public bool IsMissing { get; private set; }

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
                terminator.Terminate("The cluster's table has lost this silo, as when Redis has lost its data.");
                return;
            }

            IsMissing = !isListed;
            isAway = isAway && isListed && !await RefreshMembership(stoppingToken);
        }
    }

    /// <summary>Gives the others a sign of life, and learns what has happened meanwhile.</summary>
    /// <returns>Whether both was possible.</returns>
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

    /// <summary>Looks for the row.</summary>
    /// <returns>Null when the table cannot be read.</returns>
    private async Task<bool?> IsListed(CancellationToken cancellationToken)
    {
        try
        {
            var row = await table.ReadRowAsync(silo.SiloAddress, cancellationToken).WaitAsync(CallTimeout, time, cancellationToken);
            return row.Members.Count > 0;
        }
        catch (RedisClusteringException)
        {
            // Redis answers, and the table is not what silos have made of it.
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
        [LoggerMessage(LogLevel.Debug, "The cluster's table cannot be read: {Failure}")]
        public static partial void NotReadable(ILogger logger, string failure);

        [LoggerMessage(LogLevel.Information, "The cluster's table can be read again")]
        public static partial void CaughtUp(ILogger logger);
    }
}
