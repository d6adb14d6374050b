using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.GrainInterfaces.Subscriptions;

/// <summary>Where a checkout leads back to.</summary>
/// <param name="SuccessUrl">After the payment; <c>{CHECKOUT_SESSION_ID}</c> in it becomes the checkout's id.</param>
/// <param name="CancelUrl">When the user changes their mind.</param>
/// <param name="ReturnUrl">From the page of those who have subscribed already.</param>
[GenerateSerializer, Immutable, Alias("geminichat.ReturnAddresses")]
public sealed record ReturnUrls(
    [property: Id(0)] string SuccessUrl,
    [property: Id(1)] string CancelUrl,
    [property: Id(2)] string ReturnUrl)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(ReturnUrls);
}

/// <summary>What came of opening a checkout.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome")]
public abstract record CheckoutOutcome
{
    private CheckoutOutcome() { }

    /// <summary>The user can subscribe there, or pay for what was begun: then the id is that of the invoice.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.Open")]
    public sealed record Open([property: Id(0)] string Url, [property: Id(1)] string CheckoutId) : CheckoutOutcome
    {
        /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
        public override string ToString() => nameof(Open);
    }

    /// <summary>There is a subscription that is not over; it is managed at this address.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.AlreadySubscribed")]
    public sealed record AlreadySubscribed([property: Id(0)] string PortalUrl) : CheckoutOutcome
    {
        /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
        public override string ToString() => nameof(AlreadySubscribed);
    }

    /// <summary>The payment provider does not do it now.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.Unavailable")]
    public sealed record Unavailable : CheckoutOutcome;

    /// <summary>There is no payment provider.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.NotConfigured")]
    public sealed record NotConfigured : CheckoutOutcome;

    /// <summary>The payment provider refuses the request as it stands, such as a wrong key or price. Trying again does not help.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.Refused")]
    public sealed record Refused : CheckoutOutcome;

    /// <summary>The user has been deleted.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CheckoutOutcome.UserAbsent")]
    public sealed record UserAbsent : CheckoutOutcome;
}

/// <summary>What came of opening the page on which a subscription is managed.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome")]
public abstract record PortalOutcome
{
    private PortalOutcome() { }

    /// <summary>It is there, for minutes.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome.Open")]
    public sealed record Open([property: Id(0)] string Url) : PortalOutcome
    {
        /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
        public override string ToString() => nameof(Open);
    }

    /// <summary>The user has never begun to subscribe.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome.NoCustomer")]
    public sealed record NoCustomer : PortalOutcome;

    /// <summary>The payment provider does not do it now.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome.Unavailable")]
    public sealed record Unavailable : PortalOutcome;

    /// <summary>There is no payment provider.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome.NotConfigured")]
    public sealed record NotConfigured : PortalOutcome;

    /// <summary>The payment provider refuses the request as it stands, such as a wrong key or price. Trying again does not help.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PortalOutcome.Refused")]
    public sealed record Refused : PortalOutcome;
}

/// <summary>A user's subscription.</summary>
/// <param name="Tier">What it gives at this moment.</param>
/// <param name="Status">The provider's word for its state; <see cref="None"/> without one.</param>
/// <param name="CurrentPeriodEnd">When the running period ends, or the last one ended; null without one.</param>
/// <param name="CancelAtPeriodEnd">Whether it then ends for good.</param>
[GenerateSerializer, Immutable, Alias("geminichat.SubscriptionStatus")]
public sealed record SubscriptionStatus(
    [property: Id(0)] Tier Tier,
    [property: Id(1)] string Status,
    [property: Id(2)] DateTimeOffset? CurrentPeriodEnd,
    [property: Id(3)] bool CancelAtPeriodEnd)
{
    /// <summary>The status of who has no subscription.</summary>
    public const string None = "none";

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(SubscriptionStatus);
}
