using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Wakes the subscriptions to which work is owed, has events looked for that did not come, and removes old ones: all
/// that is right in the end without anybody's help.
/// </summary>
internal sealed class SubscriptionRecovery(
    IGrainFactory grains, ISubscriptionStore store, TimeProvider time, ILogger<SubscriptionRecovery> logger)
    : PeriodicRecovery(time, logger)
{
    private const int PageSize = 1000;

    // The provider lists and repeats events for 30 days.
    private static readonly TimeSpan EventRetention = TimeSpan.FromDays(35);

    private Guid _after;

    protected override async Task RunPass(CancellationToken cancellationToken)
    {
        await RunStep(() => WakeUsersWithWork(cancellationToken), cancellationToken);
        await RunStep(() => grains.Reconciliation().StartIfDue(), cancellationToken);
        await RunStep(() => store.RemoveCompletedEvents(Time.GetUtcNow() - EventRetention, PageSize), cancellationToken);
    }

    /// <summary>
    /// One page, and the next one at the next pass: those who wait for their turn are there again, and must not keep
    /// the others from being woken.
    /// </summary>
    private async Task WakeUsersWithWork(CancellationToken cancellationToken)
    {
        var owed = await store.ListUsersWithWork(Time.GetUtcNow(), _after, PageSize);
        _after = owed.Length < PageSize ? Guid.Empty : owed[^1];
        await RunStepForEach(owed, user => grains.Subscription(user).Wake(), cancellationToken);
    }
}
