using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Silo.Payments;

/// <summary>The provider without a configured key: it refuses every call, and webhooks too.</summary>
internal sealed class DisabledPayments : IPaymentProvider
{
    public Task<string> CreateCustomer(Guid userId, string idempotencyKey, CancellationToken cancellationToken) => throw NotConfigured();

    public Task DeleteCustomer(string customerId, CancellationToken cancellationToken) => throw NotConfigured();

    public Task<CheckoutSession> CreateCheckout(NewCheckoutSession checkout, string idempotencyKey, CancellationToken cancellationToken) => throw NotConfigured();

    public Task<CheckoutSession?> ReadCheckout(string checkoutId, CancellationToken cancellationToken) => throw NotConfigured();

    public Task ExpireCheckout(string checkoutId, CancellationToken cancellationToken) => throw NotConfigured();

    public Task<Uri> CreatePortal(string customerId, Uri returnUrl, CancellationToken cancellationToken) => throw NotConfigured();

    public Task<ProviderSubscription?> ReadSubscription(string subscriptionId, CancellationToken cancellationToken) => throw NotConfigured();

    public Task<ImmutableArray<ProviderSubscription>> ListSubscriptions(string customerId, CancellationToken cancellationToken) => throw NotConfigured();

    public Task<UnpaidInvoice?> ReadUnpaidInvoice(string subscriptionId, CancellationToken cancellationToken) => throw NotConfigured();

    public Task CancelSubscription(string subscriptionId, CancellationToken cancellationToken) => throw NotConfigured();

    public IAsyncEnumerable<PaymentEvent> ListUndeliveredEvents(DateTimeOffset since, CancellationToken cancellationToken) => throw NotConfigured();

    public PaymentEvent? ParseEvent(string body) => throw NotConfigured();

    private static PaymentProviderException NotConfigured() => new(PaymentProviderFault.NotConfigured, "STRIPE_SECRET_KEY is not set, so payments are off.");
}
