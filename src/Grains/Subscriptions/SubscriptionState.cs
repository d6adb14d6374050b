namespace GeminiChat.Grains.Subscriptions;

/// <summary>A user's subscription, as stored. The customer has a row of its own, by which events find the user.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.SubscriptionState")]
internal sealed record SubscriptionState
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(SubscriptionState);

    /// <summary>The subscription as it was last read; null when there has never been one.</summary>
    [Id(0)]
    public StoredSubscription? Subscription { get; init; }

    /// <summary>What it gives the user. Its version counts the changes of what is stored here.</summary>
    [Id(1)]
    public TierGrant Grant { get; init; } = new(Tier.Basic, ValidUntil: null, Version: 0);

    /// <summary>Whether the user's grain has still to be told of <see cref="Grant"/>; set in the same write.</summary>
    [Id(2)]
    public bool IsPushPending { get; init; }

    /// <summary>The latest checkout; null when there is none, or it has served.</summary>
    [Id(3)]
    public StoredCheckout? Checkout { get; init; }

    /// <summary>How many checkouts have been begun: each has an idempotency key of its own.</summary>
    [Id(4)]
    public int CheckoutCount { get; init; }

    /// <summary>Whether the user has been deleted: what lives is ended, and nothing begins.</summary>
    [Id(5)]
    public bool IsUserDeleted { get; init; }

    /// <summary>
    /// How many customers have been asked for: each has an idempotency key of its own. 0 also for one of an earlier version.
    /// </summary>
    [Id(6)]
    public int CustomerCount { get; init; }
}

/// <summary>What is kept of a subscription. A copy of what the provider said, never of what an event said.</summary>
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
/// A checkout, stored before it is asked for: the provider takes a repeat only with the same idempotency key and the
/// same parameters.
/// </summary>
/// <param name="Number">Part of its idempotency key.</param>
/// <param name="SuccessUrl">Where it leads back to.</param>
/// <param name="CancelUrl">Where it leads back to when it is not used.</param>
/// <param name="StartedAt">When it was stored.</param>
/// <param name="ExpiresAt">When it closes unless it is paid.</param>
/// <param name="Id">The provider's id of it; null until the provider has answered.</param>
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
