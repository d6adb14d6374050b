namespace GeminiChat.Grains.Subscriptions;

/// <summary>A user's subscription, as stored. The customer is in a row of its own, by which events find the user.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.SubscriptionState")]
internal sealed record SubscriptionState
{
    /// <summary>The subscription as it was last read; null when there has never been one.</summary>
    [Id(0)]
    public StoredSubscription? Subscription { get; init; }

    /// <summary>The tier that the subscription grants. Its version counts the changes of this state.</summary>
    [Id(1)]
    public TierGrant Grant { get; init; } = new(Tier.Basic, ValidUntil: null, Version: 0);

    /// <summary>Whether the user's grain must still be notified of <see cref="Grant"/>. Set in the same write.</summary>
    [Id(2)]
    public bool IsPushPending { get; init; }

    /// <summary>The latest checkout; null when there is none, or when it has been used.</summary>
    [Id(3)]
    public StoredCheckout? Checkout { get; init; }

    /// <summary>How many checkouts have been started. Each has its own idempotency key.</summary>
    [Id(4)]
    public int CheckoutCount { get; init; }

    /// <summary>Whether the user has been deleted: active subscriptions are ended, and no new one starts.</summary>
    [Id(5)]
    public bool IsUserDeleted { get; init; }

    /// <summary>
    /// How many customers have been requested. Each has its own idempotency key. The value is also 0 for a customer that
    /// an earlier version created.
    /// </summary>
    [Id(6)]
    public int CustomerCount { get; init; }
}

/// <summary>The stored part of a subscription. It is copied from what the provider returned, never from an event.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.KnownSubscription")]
internal sealed record StoredSubscription(
    [property: Id(0)] string Id,
    [property: Id(1)] ProviderSubscriptionStatus Status,
    [property: Id(2)] DateTimeOffset? PeriodStart,
    [property: Id(3)] DateTimeOffset? PeriodEnd,
    [property: Id(4)] bool CancelAtPeriodEnd)
{
    public static StoredSubscription Of(ProviderSubscription read) =>
        new(read.Id, read.Status, read.PeriodStart, read.PeriodEnd, read.CancelAtPeriodEnd);

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(StoredSubscription);
}

/// <summary>
/// A checkout. It is stored before the provider is called, because the provider accepts a repeat only with the same
/// idempotency key and the same parameters.
/// </summary>
/// <param name="Number">Part of the idempotency key.</param>
/// <param name="SuccessUrl">The address to return to after the payment.</param>
/// <param name="CancelUrl">The address to return to when the user cancels.</param>
/// <param name="StartedAt">When the checkout was stored.</param>
/// <param name="ExpiresAt">When the checkout closes unless it is paid.</param>
/// <param name="Id">The provider's id of the checkout; null until the provider has responded.</param>
[GenerateSerializer, Immutable, Alias("geminichat.StoredCheckout")]
internal sealed record StoredCheckout(
    [property: Id(0)] int Number,
    [property: Id(1)] string SuccessUrl,
    [property: Id(2)] string CancelUrl,
    [property: Id(3)] DateTimeOffset StartedAt,
    [property: Id(4)] DateTimeOffset ExpiresAt,
    [property: Id(5)] string? Id)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(StoredCheckout);
}
