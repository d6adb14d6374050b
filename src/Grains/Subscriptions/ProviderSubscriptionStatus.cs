namespace GeminiChat.Grains.Subscriptions;

/// <summary>The state of a subscription. The numbers are stored.</summary>
public enum ProviderSubscriptionStatus
{
    /// <summary>A state that this version does not know. It grants nothing.</summary>
    Unknown = 0,

    /// <summary>The first payment is not made yet.</summary>
    Incomplete = 1,

    /// <summary>The first payment was never made. Final.</summary>
    IncompleteExpired = 2,

    Trialing = 3,

    /// <summary>Paid.</summary>
    Active = 4,

    /// <summary>A payment has failed and is being retried.</summary>
    PastDue = 5,

    /// <summary>Ended. Final.</summary>
    Canceled = 6,

    /// <summary>Payments have failed for good, but the subscription still exists.</summary>
    Unpaid = 7,

    /// <summary>A trial has ended without a payment method.</summary>
    Paused = 8,
}

/// <summary>Methods of <see cref="ProviderSubscriptionStatus"/>.</summary>
internal static class ProviderSubscriptionStatusExtensions
{
    /// <summary>
    /// Whether a subscription has ended for good. A subscription that has not ended prevents a second one, even if it
    /// grants nothing: its payment may still arrive.
    /// </summary>
    public static bool IsOver(this ProviderSubscriptionStatus status) =>
        status is ProviderSubscriptionStatus.Canceled or ProviderSubscriptionStatus.IncompleteExpired;

    /// <summary>The value as in Stripe's reference of the subscription object.</summary>
    public static string ToStripeValue(this ProviderSubscriptionStatus status) => status switch
    {
        ProviderSubscriptionStatus.Incomplete => "incomplete",
        ProviderSubscriptionStatus.IncompleteExpired => "incomplete_expired",
        ProviderSubscriptionStatus.Trialing => "trialing",
        ProviderSubscriptionStatus.Active => "active",
        ProviderSubscriptionStatus.PastDue => "past_due",
        ProviderSubscriptionStatus.Canceled => "canceled",
        ProviderSubscriptionStatus.Unpaid => "unpaid",
        ProviderSubscriptionStatus.Paused => "paused",
        _ => "unknown",
    };
}
