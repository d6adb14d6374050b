namespace GeminiChat.Grains.Subscriptions;

/// <summary>Converts the state of a subscription to the provider's value.</summary>
internal static class ProviderSubscriptionStatusExtensions
{
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
