namespace GeminiChat.Grains.Subscriptions;

/// <summary>The payment provider, as far as subscriptions need it.</summary>
/// <remarks>
/// Every call ends within 10 s, the provider's own retries included, or throws <see cref="PaymentProviderException"/>. A call
/// that creates something takes an idempotency key: with the same key it may be repeated after any failure, and gives
/// what the first one made.
/// </remarks>
public interface IPaymentProvider
{
    /// <summary>Makes the customer that a user's subscriptions hang on.</summary>
    /// <returns>The customer's id.</returns>
    Task<string> CreateCustomer(Guid userId, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a customer for good, with what is left of its subscriptions. One that is not known, or was deleted before,
    /// is left alone.
    /// </summary>
    Task DeleteCustomer(string customerId, CancellationToken cancellationToken);

    /// <summary>Opens the page on which a user subscribes to Pro.</summary>
    Task<CheckoutSession> CreateCheckout(NewCheckoutSession checkout, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Reads a checkout; null when the provider knows none.</summary>
    Task<CheckoutSession?> ReadCheckout(string checkoutId, CancellationToken cancellationToken);

    /// <summary>Closes a checkout on which nobody has paid yet. One that is not open stays as it is.</summary>
    Task ExpireCheckout(string checkoutId, CancellationToken cancellationToken);

    /// <summary>Opens the page on which a customer manages subscription, card and invoices.</summary>
    /// <returns>The page's address, good for minutes.</returns>
    Task<Uri> CreatePortal(string customerId, Uri returnUrl, CancellationToken cancellationToken);

    /// <summary>Reads a subscription; null when the provider knows none.</summary>
    Task<ProviderSubscription?> ReadSubscription(string subscriptionId, CancellationToken cancellationToken);

    /// <summary>Reads a customer's subscriptions, ended ones included, the newest first.</summary>
    Task<ImmutableArray<ProviderSubscription>> ListSubscriptions(string customerId, CancellationToken cancellationToken);

    /// <summary>Reads the invoice that waits for a subscription's payment; null when there is none with a page to pay on.</summary>
    Task<UnpaidInvoice?> ReadUnpaidInvoice(string subscriptionId, CancellationToken cancellationToken);

    /// <summary>Ends a subscription at once. One that has ended, or is not known, is left alone.</summary>
    Task CancelSubscription(string subscriptionId, CancellationToken cancellationToken);

    /// <summary>
    /// Events that matter to subscriptions and whose delivery has failed or is still being tried, the newest first. The
    /// provider keeps them for 30 days.
    /// </summary>
    /// <param name="since">Only events created at this moment or later.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    IAsyncEnumerable<PaymentEvent> ListUndeliveredEvents(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Reads the body of a webhook whose signature was right.</summary>
    /// <returns>Null when the body is not an event, or is one of the other mode (test or live).</returns>
    PaymentEvent? ParseEvent(string body);
}

/// <summary>A checkout to open.</summary>
/// <param name="UserId">Who subscribes.</param>
/// <param name="CustomerId">The user's customer.</param>
/// <param name="SuccessUrl">Where to go afterwards; <c>{CHECKOUT_SESSION_ID}</c> in it becomes the checkout's id.</param>
/// <param name="CancelUrl">Where to go when the user changes their mind.</param>
/// <param name="ExpiresAt">When it closes unless it is paid, 30 minutes to 24 hours ahead.</param>
public sealed record NewCheckoutSession(
    Guid UserId, string CustomerId, string SuccessUrl, string CancelUrl, DateTimeOffset ExpiresAt);

/// <summary>A checkout.</summary>
/// <param name="Id">The provider's id of it.</param>
/// <param name="Status">Its state.</param>
/// <param name="Url">Where the user pays; null unless it is open.</param>
/// <param name="UserId">Whom it was opened for, when that was told at its creation.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="SubscriptionId">The subscription that it made, once complete.</param>
/// <param name="ExpiresAt">When it closes unless it is paid.</param>
public sealed record CheckoutSession(
    string Id,
    CheckoutStatus Status,
    string? Url,
    Guid? UserId,
    string? CustomerId,
    string? SubscriptionId,
    DateTimeOffset ExpiresAt);

/// <summary>The state of a checkout.</summary>
public enum CheckoutStatus
{
    /// <summary>The user may pay.</summary>
    Open,

    /// <summary>It is done; the payment itself may still be on its way.</summary>
    Complete,

    /// <summary>It was not used in time.</summary>
    Expired,
}

/// <summary>A subscription as the provider holds it at one moment.</summary>
/// <param name="Id">The provider's id of it.</param>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="UserId">The user, when that was told at its creation.</param>
/// <param name="Status">Its state.</param>
/// <param name="PeriodStart">When the running period of Pro began.</param>
/// <param name="PeriodEnd">When the running period of Pro ends, or the whole subscription, if that is earlier.</param>
/// <param name="CancelAtPeriodEnd">Whether it then ends for good.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="IsPro">Whether anything in it has a price of Pro. If not, it is about something else and counts for nothing.</param>
public sealed record ProviderSubscription(
    string Id,
    string CustomerId,
    Guid? UserId,
    ProviderSubscriptionStatus Status,
    DateTimeOffset? PeriodStart,
    DateTimeOffset? PeriodEnd,
    bool CancelAtPeriodEnd,
    DateTimeOffset CreatedAt,
    bool IsPro);

/// <summary>An invoice that is to be paid.</summary>
/// <param name="Id">The provider's id of it.</param>
/// <param name="Url">The page to pay it on.</param>
public sealed record UnpaidInvoice(string Id, string Url);

/// <summary>The state of a subscription. The numbers are stored.</summary>
public enum ProviderSubscriptionStatus
{
    /// <summary>One that this version does not know; it gives nothing.</summary>
    Unknown = 0,

    /// <summary>The first payment is not made yet.</summary>
    Incomplete = 1,

    /// <summary>The first payment was never made. Final.</summary>
    IncompleteExpired = 2,

    /// <summary>On trial.</summary>
    Trialing = 3,

    /// <summary>Paid.</summary>
    Active = 4,

    /// <summary>A payment has failed and is tried again.</summary>
    PastDue = 5,

    /// <summary>Over. Final.</summary>
    Canceled = 6,

    /// <summary>Payments have failed for good, and the subscription is still there.</summary>
    Unpaid = 7,

    /// <summary>A trial has ended without a way to pay.</summary>
    Paused = 8,
}

/// <summary>
/// Something happened to a subscription. Only a hint: events come late, twice and in any order, so what it is about is
/// read from the provider.
/// </summary>
/// <param name="Id">The provider's id of the event.</param>
/// <param name="Type">Such as <c>customer.subscription.updated</c>.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="CustomerId">The customer, when the event names one.</param>
/// <param name="SubscriptionId">The subscription, when the event names one.</param>
/// <param name="CheckoutId">The checkout, when the event is about one.</param>
/// <param name="UserId">The user, when the event's object carries what was told at its creation.</param>
/// <param name="IsRelevant">Whether events of this type can change a subscription.</param>
public sealed record PaymentEvent(
    string Id,
    string Type,
    DateTimeOffset CreatedAt,
    string? CustomerId,
    string? SubscriptionId,
    string? CheckoutId,
    Guid? UserId,
    bool IsRelevant);

/// <summary>Why the payment provider did not do what was asked.</summary>
public enum PaymentProviderFault
{
    /// <summary>No payment provider is configured.</summary>
    NotConfigured,

    /// <summary>It cannot be reached, is overloaded or failed. Whether it acted is unknown; try again later.</summary>
    Unavailable,

    /// <summary>It refuses the request as it stands: a wrong key or price. Trying again does not help.</summary>
    Refused,

    /// <summary>It does not know the customer: deleted there, or of another account. Another one helps.</summary>
    CustomerMissing,
}

/// <summary>The payment provider did not do what was asked.</summary>
public sealed class PaymentProviderException(PaymentProviderFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public PaymentProviderFault Fault => fault;

    /// <summary>Whether a repeat with the same idempotency key would fail in the same way for a day.</summary>
    public bool IsIdempotencyKeySpent { get; init; }
}
