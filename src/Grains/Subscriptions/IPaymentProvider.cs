namespace GeminiChat.Grains.Subscriptions;

/// <summary>The operations of the payment provider that subscriptions need.</summary>
/// <remarks>
/// Every call ends within 10 s, including the provider's own retries, or throws <see cref="PaymentProviderException"/>. A
/// call that creates something takes an idempotency key. It may be repeated with the same key after any failure, and then
/// returns what the first call created.
/// </remarks>
public interface IPaymentProvider
{
    /// <summary>Creates the customer that owns a user's subscriptions.</summary>
    /// <returns>The customer's id.</returns>
    Task<string> CreateCustomer(Guid userId, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a customer for good, together with its remaining subscriptions. Does nothing when the customer is unknown
    /// or already deleted.
    /// </summary>
    Task DeleteCustomer(string customerId, CancellationToken cancellationToken);

    /// <summary>Opens the page on which a user subscribes to Pro.</summary>
    Task<CheckoutSession> CreateCheckout(NewCheckoutSession checkout, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Reads a checkout; null when the provider does not know it.</summary>
    Task<CheckoutSession?> ReadCheckout(string checkoutId, CancellationToken cancellationToken);

    /// <summary>Closes a checkout that is not paid yet. Does nothing when the checkout is not open.</summary>
    Task ExpireCheckout(string checkoutId, CancellationToken cancellationToken);

    /// <summary>Opens the page on which a customer manages subscription, card and invoices.</summary>
    /// <returns>The page's address, valid for minutes.</returns>
    Task<Uri> CreatePortal(string customerId, Uri returnUrl, CancellationToken cancellationToken);

    /// <summary>Reads a subscription; null when the provider does not know it.</summary>
    Task<ProviderSubscription?> ReadSubscription(string subscriptionId, CancellationToken cancellationToken);

    /// <summary>Reads a customer's subscriptions, ended ones included, the newest first.</summary>
    Task<ImmutableArray<ProviderSubscription>> ListSubscriptions(string customerId, CancellationToken cancellationToken);

    /// <summary>Reads the unpaid invoice of a subscription; null when there is none with a payment page.</summary>
    Task<UnpaidInvoice?> ReadUnpaidInvoice(string subscriptionId, CancellationToken cancellationToken);

    /// <summary>Ends a subscription at once. Does nothing when the subscription has ended or is unknown.</summary>
    Task CancelSubscription(string subscriptionId, CancellationToken cancellationToken);

    /// <summary>
    /// Lists events that can change subscriptions and whose delivery has failed or is being retried, newest first. The
    /// provider keeps them for 30 days.
    /// </summary>
    /// <param name="since">Only events created at this time or later.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    IAsyncEnumerable<PaymentEvent> ListUndeliveredEvents(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Parses the body of a webhook whose signature was valid.</summary>
    /// <returns>Null when the body is not an event, or is an event of the other mode (test or live).</returns>
    PaymentEvent? ParseEvent(string body);
}

/// <summary>A checkout to open.</summary>
/// <param name="UserId">The user who subscribes.</param>
/// <param name="CustomerId">The user's customer.</param>
/// <param name="SuccessUrl">
/// The address to return to after the payment; <c>{CHECKOUT_SESSION_ID}</c> in it becomes the checkout's id.
/// </param>
/// <param name="CancelUrl">The address to return to when the user cancels.</param>
/// <param name="ExpiresAt">When the checkout closes unless it is paid, 30 minutes to 24 hours ahead.</param>
public sealed record NewCheckoutSession(
    Guid UserId, string CustomerId, string SuccessUrl, string CancelUrl, DateTimeOffset ExpiresAt);

/// <summary>A checkout.</summary>
/// <param name="Id">The provider's id of the checkout.</param>
/// <param name="Status">The state.</param>
/// <param name="Url">The payment page; null unless the checkout is open.</param>
/// <param name="UserId">The user, if the checkout was created with a user id.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="SubscriptionId">The subscription that the checkout created, once complete.</param>
/// <param name="ExpiresAt">When the checkout closes unless it is paid.</param>
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

    /// <summary>The checkout is complete. The payment itself may still be in progress.</summary>
    Complete,

    /// <summary>The checkout was not completed in time.</summary>
    Expired,
}

/// <summary>A subscription as the provider returned it at one moment.</summary>
/// <param name="Id">The provider's id of the subscription.</param>
/// <param name="CustomerId">The customer that owns it.</param>
/// <param name="UserId">The user, if the subscription was created with a user id.</param>
/// <param name="Status">The state.</param>
/// <param name="PeriodStart">When the current period of Pro began.</param>
/// <param name="PeriodEnd">When the current period of Pro ends, or the whole subscription, if that is earlier.</param>
/// <param name="CancelAtPeriodEnd">Whether the subscription ends for good at the end of the period.</param>
/// <param name="CreatedAt">When the subscription was created.</param>
/// <param name="IsPro">
/// Whether any item has a price of Pro. If not, the subscription is for something else and is ignored.
/// </param>
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

/// <summary>An unpaid invoice.</summary>
/// <param name="Id">The provider's id of the invoice.</param>
/// <param name="Url">The payment page.</param>
public sealed record UnpaidInvoice(string Id, string Url);

/// <summary>
/// An event about a subscription. It is only a hint: events may arrive late, twice and in any order, so the subscription
/// itself is read from the provider.
/// </summary>
/// <param name="Id">The provider's id of the event.</param>
/// <param name="CustomerId">The customer, when the event names one.</param>
/// <param name="UserId">The user, if the event's object was created with a user id.</param>
/// <param name="IsRelevant">Whether events of this type can change a subscription.</param>
public sealed record PaymentEvent(string Id, string? CustomerId, Guid? UserId, bool IsRelevant);

/// <summary>Why a call of the payment provider failed.</summary>
public enum PaymentProviderFault
{
    NotConfigured,

    /// <summary>
    /// The provider cannot be reached, is overloaded or failed. Whether it executed the request is unknown. Retry later.
    /// </summary>
    Unavailable,

    /// <summary>The provider refuses the request: a wrong key or price. A retry does not help.</summary>
    Refused,

    /// <summary>
    /// The provider does not know the customer: it was deleted there, or it belongs to another account. A new customer
    /// helps.
    /// </summary>
    CustomerMissing,
}

/// <summary>A call of the payment provider failed.</summary>
public sealed class PaymentProviderException(PaymentProviderFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Why the call failed.</summary>
    public PaymentProviderFault Fault => fault;

    /// <summary>Whether a retry with the same idempotency key would fail in the same way for a day.</summary>
    public bool IsIdempotencyKeySpent { get; init; }
}
