using Orleans.Clustering.Redis;

namespace GeminiChat.Silo.Hosting;

/// <summary>
/// Ends the process of a silo that is missing in the cluster's table, as after Redis has lost its data. Orleans writes a
/// silo's row once and never again: without it nobody finds the silo, and those that start make a cluster of their own.
/// </summary>
/// <remarks>A table that cannot be read says nothing: silos serve for as long as Redis is away.</remarks>
internal sealed partial class MembershipWatch(
    IMembershipTable table, ILocalSiloDetails silo, ProcessEnd end, TimeProvider time, ILogger<MembershipWatch> logger)
    : BackgroundService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether the row was missing when it was last looked for.</summary>
    public bool IsMissing { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (await IsListed(stoppingToken) is not { } isListed)
            {
                continue;
            }

            if (IsMissing && !isListed)
            {
                end.Now("The cluster's table has lost this silo, as when Redis has lost its data.");
                return;
            }

            IsMissing = !isListed;
        }
    }

    /// <summary>Looks for the row.</summary>
    /// <returns>Null when the table cannot be read.</returns>
    private async Task<bool?> IsListed(CancellationToken cancellationToken)
    {
        try
        {
            var row = await table.ReadRowAsync(silo.SiloAddress, cancellationToken).WaitAsync(Patience, time, cancellationToken);
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
    }
}
