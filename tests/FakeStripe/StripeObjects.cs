namespace GeminiChat.Fakes;

/// <summary>A customer.</summary>
public sealed record FakeCustomer(string Id, DateTimeOffset Created, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Whether it was deleted: it can still be read, and is good for nothing else.</summary>
    public bool IsDeleted { get; init; }
}

/// <summary>A checkout.</summary>
public sealed record FakeCheckout(string Id, DateTimeOffset Created, string Customer, DateTimeOffset ExpiresAt)
{
    /// <summary><c>open</c>, <c>complete</c> or <c>expired</c>.</summary>
    public string Status { get; init; } = "open";

    public string? Reference { get; init; }

    public string? Subscription { get; init; }

    public required string SuccessUrl { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyDictionary<string, string> SubscriptionMetadata { get; init; }
}

/// <summary>A subscription.</summary>
public sealed record FakeSubscription(string Id, DateTimeOffset Created, string Customer)
{
    /// <summary><c>active</c>, <c>past_due</c>, <c>canceled</c> or another that Stripe has.</summary>
    public string Status { get; init; } = "active";

    public bool CancelAtPeriodEnd { get; init; }

    /// <summary>When it ends for good; all that the portal sets with flexible billing.</summary>
    public DateTimeOffset? CancelAt { get; init; }

    /// <summary>What is paid for; each item has a period of its own.</summary>
    public ImmutableArray<FakeSubscriptionItem> Items { get; init; } = [];

    /// <summary>The latest invoice; null for none.</summary>
    public FakeInvoice? Invoice { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>The running period of an item of a subscription.</summary>
public sealed record FakeSubscriptionItem(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>The item's price; null for the one of the options.</summary>
    public string? Price { get; init; }
}

/// <summary>An invoice of a subscription.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status"><c>draft</c>, <c>open</c> or <c>paid</c>.</param>
public sealed record FakeInvoice(string Id, string Status)
{
    /// <summary>The page to pay it on; a draft has none.</summary>
    public string? Url => Status is "draft" ? null : $"https://invoice.stripe.com/i/{Id}";
}

/// <summary>An event: a snapshot of its object, which never changes.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Type">Such as <c>customer.subscription.updated</c>.</param>
/// <param name="Created">When it happened.</param>
/// <param name="Body">The whole event, as it is sent.</param>
public sealed record FakeStripeEvent(string Id, string Type, DateTimeOffset Created, string Body)
{
    /// <summary>Whether an endpoint has answered with 2xx.</summary>
    public bool IsDelivered { get; internal set; }
}
