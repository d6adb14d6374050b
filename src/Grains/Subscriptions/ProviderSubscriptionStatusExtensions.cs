namespace GeminiChat.Grains.Subscriptions;

/// <summary>The provider's words for the states of a subscription.</summary>
internal static class ProviderSubscriptionStatusExtensions
{
    /// <summary>As in Stripe's reference of the subscription object.</summary>
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
