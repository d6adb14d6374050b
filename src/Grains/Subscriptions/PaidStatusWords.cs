namespace GeminiChat.Grains.Subscriptions;

/// <summary>The provider's words for the states of a subscription.</summary>
internal static class PaidStatusWords
{
    /// <summary>As in Stripe's reference of the subscription object.</summary>
    public static string Word(this PaidStatus status) => status switch
    {
        PaidStatus.Incomplete => "incomplete",
        PaidStatus.IncompleteExpired => "incomplete_expired",
        PaidStatus.Trialing => "trialing",
        PaidStatus.Active => "active",
        PaidStatus.PastDue => "past_due",
        PaidStatus.Canceled => "canceled",
        PaidStatus.Unpaid => "unpaid",
        PaidStatus.Paused => "paused",
        _ => "unknown",
    };
}
