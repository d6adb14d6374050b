using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Silo.Payments;

/// <summary>Stands in where no payment provider is configured: everything is refused, webhooks too.</summary>
internal sealed class NoPayments : IPayments
{
    public Task<string> CreateCustomer(Guid userId, string idempotencyKey, CancellationToken cancellationToken) => throw Off();

    public Task DeleteCustomer(string customerId, CancellationToken cancellationToken) => throw Off();

    public Task<Checkout> CreateCheckout(NewCheckout checkout, string idempotencyKey, CancellationToken cancellationToken) => throw Off();

    public Task<Checkout?> ReadCheckout(string checkoutId, CancellationToken cancellationToken) => throw Off();

    public Task ExpireCheckout(string checkoutId, CancellationToken cancellationToken) => throw Off();

    public Task<Uri> CreatePortal(string customerId, Uri returnTo, CancellationToken cancellationToken) => throw Off();

    public Task<PaidSubscription?> ReadSubscription(string subscriptionId, CancellationToken cancellationToken) => throw Off();

    public Task<ImmutableArray<PaidSubscription>> ListSubscriptions(string customerId, CancellationToken cancellationToken) => throw Off();

    public Task<UnpaidInvoice?> ReadUnpaidInvoice(string subscriptionId, CancellationToken cancellationToken) => throw Off();

    public Task CancelSubscription(string subscriptionId, CancellationToken cancellationToken) => throw Off();

    public IAsyncEnumerable<PaymentEvent> ListUndelivered(DateTimeOffset since, CancellationToken cancellationToken) => throw Off();

    public PaymentEvent? ReadEvent(string body) => throw Off();

    private static PaymentsException Off() => new(PaymentsFault.NotConfigured, "STRIPE_SECRET_KEY is not set, so payments are off.");
}
