using GeminiChat.Grains.Subscriptions;
using Stripe;
using Stripe.Checkout;

namespace GeminiChat.Silo.Payments;

/// <summary>Stripe's objects in the words of subscriptions.</summary>
internal static class StripeObjects
{
    /// <summary>The member of metadata that holds the user's id.</summary>
    public const string UserId = "user_id";

    public static Checkout ToCheckout(this Session session) => new(
        session.Id,
        session.Status switch
        {
            "open" => CheckoutStatus.Open,
            "complete" => CheckoutStatus.Complete,
            _ => CheckoutStatus.Expired,
        },
        session.Url,
        Guid.TryParse(session.ClientReferenceId, out var userId) ? userId : null,
        session.CustomerId,
        session.SubscriptionId,
        new(session.ExpiresAt));

    // Each item has a period of its own, the latest of which counts. Before 2025-03-31.basil the subscription had it.
    // With flexible billing, which new subscriptions have, the portal sets the time of the end in place of the flag.
    public static PaidSubscription ToPaid(this Subscription subscription)
    {
        var last = subscription.Items?.Where(item => item.CurrentPeriodEnd > DateTime.UnixEpoch).MaxBy(item => item.CurrentPeriodEnd);
        var periodEnd = last is null ? subscription.RawJsonElement?.Time("current_period_end") : new(last.CurrentPeriodEnd);
        return new(
            subscription.Id,
            subscription.CustomerId,
            subscription.Metadata?.GetValueOrDefault(UserId) is { } text && Guid.TryParse(text, out var userId) ? userId : null,
            StatusOf(subscription.Status),
            last is null ? subscription.RawJsonElement?.Time("current_period_start") : new(last.CurrentPeriodStart),
            periodEnd,
            subscription.CancelAtPeriodEnd || (subscription.CancelAt is { } end && new DateTimeOffset(end) <= periodEnd),
            new(subscription.Created));
    }

    private static PaidStatus StatusOf(string status) => status switch
    {
        "incomplete" => PaidStatus.Incomplete,
        "incomplete_expired" => PaidStatus.IncompleteExpired,
        "trialing" => PaidStatus.Trialing,
        "active" => PaidStatus.Active,
        "past_due" => PaidStatus.PastDue,
        "canceled" => PaidStatus.Canceled,
        "unpaid" => PaidStatus.Unpaid,
        "paused" => PaidStatus.Paused,
        _ => PaidStatus.Unknown,
    };
}
