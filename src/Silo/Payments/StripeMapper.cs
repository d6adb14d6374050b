using GeminiChat.Grains.Subscriptions;
using Stripe;
using Stripe.Checkout;

namespace GeminiChat.Silo.Payments;

/// <summary>Maps Stripe's objects to the types of subscriptions.</summary>
internal static class StripeMapper
{
    /// <summary>The name of the metadata member with the user's id.</summary>
    public const string UserId = "user_id";

    public static CheckoutSession ToCheckout(this Session session) => new(
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

    /// <summary>The open invoice of a subscription, if Stripe has a payment page for it.</summary>
    public static UnpaidInvoice? ToUnpaidInvoice(this Subscription subscription) =>
        subscription.LatestInvoice is { Status: "open", HostedInvoiceUrl: { Length: > 0 } url } invoice ? new(invoice.Id, url) : null;

    // Each item has its own period. Only the Pro item with the latest end counts. Before API version 2025-03-31.basil the
    // subscription had the period. With flexible billing, which new subscriptions have, the portal sets cancel_at instead of
    // cancel_at_period_end, and that time may be within the period.
    public static ProviderSubscription ToPaid(this Subscription subscription, IReadOnlySet<string> proPrices)
    {
        var pro = subscription.Items?.Where(item => item.Price?.Id is { } price && proPrices.Contains(price)).ToList() ?? [];
        var last = pro.Where(item => item.CurrentPeriodEnd > DateTime.UnixEpoch).MaxBy(item => item.CurrentPeriodEnd);
        var periodEnd = last is null ? subscription.RawJsonElement?.Time("current_period_end") : new(last.CurrentPeriodEnd);
        DateTimeOffset? end = subscription.CancelAt is { } cancelAt ? new(cancelAt) : null;
        var endsWithin = end is not null && !(end > periodEnd);
        return new(
            subscription.Id,
            subscription.CustomerId,
            subscription.Metadata?.GetValueOrDefault(UserId) is { } text && Guid.TryParse(text, out var userId) ? userId : null,
            StatusOf(subscription.Status),
            last is null ? subscription.RawJsonElement?.Time("current_period_start") : new(last.CurrentPeriodStart),
            endsWithin ? end : periodEnd,
            subscription.CancelAtPeriodEnd || endsWithin,
            new(subscription.Created),
            IsPro: pro.Count > 0);
    }

    private static ProviderSubscriptionStatus StatusOf(string status) => status switch
    {
        "incomplete" => ProviderSubscriptionStatus.Incomplete,
        "incomplete_expired" => ProviderSubscriptionStatus.IncompleteExpired,
        "trialing" => ProviderSubscriptionStatus.Trialing,
        "active" => ProviderSubscriptionStatus.Active,
        "past_due" => ProviderSubscriptionStatus.PastDue,
        "canceled" => ProviderSubscriptionStatus.Canceled,
        "unpaid" => ProviderSubscriptionStatus.Unpaid,
        "paused" => ProviderSubscriptionStatus.Paused,
        _ => ProviderSubscriptionStatus.Unknown,
    };
}
