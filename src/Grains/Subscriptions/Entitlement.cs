namespace GeminiChat.Grains.Subscriptions;

/// <summary>Computes what a subscription grants. Pure functions of what the provider returned.</summary>
internal static class Entitlement
{
    private static readonly TimeSpan MaxCheckInterval = TimeSpan.FromDays(1);
    private static readonly TimeSpan OverdueCheckInterval = TimeSpan.FromHours(1);

    /// <summary>
    /// The tier, and the first moment at which it is Basic again. A paid period is extended by a grace period, because
    /// the event of its renewal may be late. There is no grace period when the paid period is known to be the last one.
    /// </summary>
    public static (Tier Tier, DateTimeOffset? ValidUntil) Evaluate(StoredSubscription? subscription, TimeSpan grace) =>
        subscription switch
        {
            { Status: ProviderSubscriptionStatus.Active or ProviderSubscriptionStatus.Trialing, CancelAtPeriodEnd: true } => (Tier.Pro, subscription.PeriodEnd),
            { Status: ProviderSubscriptionStatus.Active or ProviderSubscriptionStatus.Trialing } => (Tier.Pro, subscription.PeriodEnd + grace),

            // The current period is the unpaid one.
            { Status: ProviderSubscriptionStatus.PastDue, CancelAtPeriodEnd: true, PeriodStart: { } unpaidSince, PeriodEnd: { } end }
                when end < unpaidSince + grace => (Tier.Pro, end),
            { Status: ProviderSubscriptionStatus.PastDue, PeriodStart: { } unpaidSince } => (Tier.Pro, unpaidSince + grace),
            _ => (Tier.Basic, null),
        };

    /// <summary>The tier at a given time.</summary>
    public static Tier TierAt(this TierGrant grant, DateTimeOffset now) =>
        grant.ValidUntil <= now ? Tier.Basic : grant.Tier;

    /// <summary>
    /// Selects the subscription that counts among those with a price of Pro: the one that grants most, then the newest.
    /// </summary>
    public static ProviderSubscription? SelectBest(IEnumerable<ProviderSubscription> subscriptions) => subscriptions
        .Where(one => one.IsPro)
        .OrderByDescending(one => Rank(one.Status)).ThenByDescending(one => one.CreatedAt)
        .ThenByDescending(one => one.Id, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>
    /// When to read the subscription again without an event: at the end of its period, then every hour while nothing is
    /// new, and at least once a day. Null when nothing can change any more.
    /// </summary>
    public static DateTimeOffset? GetNextCheck(StoredSubscription? subscription, DateTimeOffset now)
    {
        if (subscription is null || subscription.Status.IsOver())
        {
            return null;
        }

        var latest = now + MaxCheckInterval;
        return subscription.PeriodEnd switch
        {
            { } end when end <= now => now + OverdueCheckInterval,
            { } end when end < latest => end,
            _ => latest,
        };
    }

    private static int Rank(ProviderSubscriptionStatus status) => status switch
    {
        ProviderSubscriptionStatus.Active or ProviderSubscriptionStatus.Trialing => 3,
        ProviderSubscriptionStatus.PastDue => 2,
        _ => status.IsOver() ? 0 : 1,
    };
}
