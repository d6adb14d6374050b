using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Wakes the subscriptions that have work to do, starts the reconciliation that finds missed events, and removes old events.
/// </summary>
internal sealed class SubscriptionRecovery(
    IGrainFactory grains, ISubscriptionStore store, TimeProvider time, ILogger<SubscriptionRecovery> logger)
    : MaintenanceService(time, logger)
{
    private const int PageSize = 1000;

    // Stripe lists and repeats events for 30 days.
    private static readonly TimeSpan EventRetention = TimeSpan.FromDays(35);

    private Guid _after;

    protected override async Task RunPass(CancellationToken cancellationToken)
    {
        await RunStep(() => WakeUsersWithWork(cancellationToken), cancellationToken);
        await RunStep(() => grains.Reconciliation().StartIfDue(), cancellationToken);
        await RunStep(() => store.RemoveCompletedEvents(Time.GetUtcNow() - EventRetention, PageSize), cancellationToken);
    }

    // One page, and the next page at the next pass: subscriptions whose work is not done yet are listed again, and must not delay
    // others.
    private async Task WakeUsersWithWork(CancellationToken cancellationToken)
    {
        var users = await store.ListUsersWithWork(Time.GetUtcNow(), _after, PageSize);
        _after = users.Length < PageSize ? Guid.Empty : users[^1];
        await RunStepForEach(users, user => grains.Subscription(user).Wake(), cancellationToken);
    }
}
