using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.GrainInterfaces.Subscriptions;

/// <summary>The addresses to which the provider's pages return.</summary>
/// <param name="SuccessUrl">After the payment; <c>{CHECKOUT_SESSION_ID}</c> in it becomes the checkout's id.</param>
/// <param name="CancelUrl">When the user cancels.</param>
/// <param name="ReturnUrl">From the portal page of a user who has already subscribed.</param>
[GenerateSerializer, Immutable, Alias("geminichat.ReturnAddresses")]
public sealed record ReturnUrls(
    [property: Id(0)] string SuccessUrl,
    [property: Id(1)] string CancelUrl,
    [property: Id(2)] string ReturnUrl)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(ReturnUrls);
}

/// <summary>The outcome of opening a checkout.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome")]
public abstract record CheckoutOutcome
{
    private CheckoutOutcome() { }

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>
    /// The page on which the user can subscribe, or pay for a subscription that was started. In the second case the id is
    /// that of the invoice.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.Open")]
    public sealed record Open([property: Id(0)] string Url, [property: Id(1)] string CheckoutId) : CheckoutOutcome;

    /// <summary>The user has a subscription that has not ended. It is managed at this address.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.AlreadySubscribed")]
    public sealed record AlreadySubscribed([property: Id(0)] string PortalUrl) : CheckoutOutcome;

    /// <summary>The payment provider is not available now.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.Unavailable")]
    public sealed record Unavailable : CheckoutOutcome;

    /// <summary>No payment provider is configured.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.NotConfigured")]
    public sealed record NotConfigured : CheckoutOutcome;

    /// <summary>
    /// The payment provider refuses the request, for example because of a wrong key or price. A retry does not help.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.Refused")]
    public sealed record Refused : CheckoutOutcome;

    /// <summary>The user has been deleted.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.UserAbsent")]
    public sealed record UserAbsent : CheckoutOutcome;
}

/// <summary>The outcome of opening the page on which a subscription is managed.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome")]
public abstract record PortalOutcome
{
    private PortalOutcome() { }

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>The page is open. Its address is valid for minutes.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome.Open")]
    public sealed record Open([property: Id(0)] string Url) : PortalOutcome;

    /// <summary>The user has never started a subscription.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome.NoCustomer")]
    public sealed record NoCustomer : PortalOutcome;

    /// <summary>The payment provider is not available now.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome.Unavailable")]
    public sealed record Unavailable : PortalOutcome;

    /// <summary>No payment provider is configured.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome.NotConfigured")]
    public sealed record NotConfigured : PortalOutcome;

    /// <summary>
    /// The payment provider refuses the request, for example because of a wrong key or price. A retry does not help.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome.Refused")]
    public sealed record Refused : PortalOutcome;
}

/// <summary>A user's subscription.</summary>
/// <param name="Tier">The tier that the subscription grants now.</param>
/// <param name="Status">The provider's value for the state; <see cref="None"/> if there is no subscription.</param>
/// <param name="CurrentPeriodEnd">
/// When the current period ends, or when the last one ended; null if there is no subscription.
/// </param>
/// <param name="CancelAtPeriodEnd">Whether the subscription ends for good at the end of the period.</param>
[GenerateSerializer, Immutable, Alias("geminichat.SubscriptionStatus")]
public sealed record SubscriptionStatus(
    [property: Id(0)] Tier Tier,
    [property: Id(1)] string Status,
    [property: Id(2)] DateTimeOffset? CurrentPeriodEnd,
    [property: Id(3)] bool CancelAtPeriodEnd)
{
    /// <summary>The status of a user without a subscription.</summary>
    public const string None = "none";

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(SubscriptionStatus);
}
