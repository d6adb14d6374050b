using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Wakes the subscriptions to which work is owed, has events looked for that did not come, and removes old ones: all
/// that is right in the end without anybody's help.
/// </summary>
internal sealed partial class SubscriptionRecovery(
    IGrainFactory grains, ISubscriptionStore store, TimeProvider time, ILogger<SubscriptionRecovery> logger) : BackgroundService
{
    private const int PageSize = 1000;
    private const int AtOnce = 32;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // The provider lists and repeats events for 30 days.
    private static readonly TimeSpan KeepEvents = TimeSpan.FromDays(35);

    private Guid _after;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Try(WakeOwed, stoppingToken);
            await Try(_ => grains.Reconciliation().Poke(), stoppingToken);
            await Try(_ => store.RemoveDoneEvents(time.GetUtcNow() - KeepEvents, PageSize), stoppingToken);
            var jitter = 0.8 + (Random.Shared.NextDouble() * 0.4);
            await Task.Delay(Interval * jitter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// One page, and the next one at the next pass: those who wait for their turn are there again, and must not keep
    /// the others from being woken.
    /// </summary>
    private async Task WakeOwed(CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        var owed = await store.UsersWithWork(time.GetUtcNow(), _after, PageSize);
        _after = owed.Length < PageSize ? Guid.Empty : owed[^1];
        await Parallel.ForEachAsync(owed, options, async (user, _) => await Try(_ => grains.Subscription(user).Wake(), cancellationToken));
    }

    private async Task Try(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step(cancellationToken);
        }
        catch (Exception failure)
        {
            // The next pass tries again, or it is for the next start.
            if (!cancellationToken.IsCancellationRequested)
            {
                Log.Failed(logger, failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Subscriptions could not be looked after; trying again later")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
