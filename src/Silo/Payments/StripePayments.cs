using System.Collections.Frozen;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using GeminiChat.Grains.Subscriptions;
using Stripe;
using Stripe.Checkout;
using PortalSessionCreateOptions = Stripe.BillingPortal.SessionCreateOptions;

namespace GeminiChat.Silo.Payments;

/// <summary>
/// Stripe, by its own client, which retries a call twice after a network failure, with the same idempotency key.
/// </summary>
internal sealed class StripePayments(
    HttpClient http, IOptions<StripeOptions> options, StripeEventReader events, TimeProvider time, ILogger<StripePayments> logger)
    : IPaymentProvider, IDisposable
{
    private const int PageSize = 100;

    // The newest subscriptions of a customer, who usually has one or two.
    private const int MaxListedSubscriptions = 3 * PageSize;

    private readonly FrozenSet<string> _proPrices = options.Value.ProPrices.ToFrozenSet(StringComparer.Ordinal);
    private readonly StripeRequestExecutor _requests = new(time, logger);
    private readonly StripeClient _stripe = new(new StripeClientOptions
    {
        ApiKey = options.Value.SecretKey,
        ApiBase = options.Value.ApiBase.TrimEnd('/'),
        HttpClient = new SystemNetHttpClient(http, enableTelemetry: false),
    });

    public async Task<string> CreateCustomer(Guid userId, string idempotencyKey, CancellationToken cancellationToken)
    {
        var request = new CustomerCreateOptions { Metadata = CreateMetadata(userId) };
        var customer = await _requests.Execute(
            "create a customer",
            token => _stripe.V1.Customers.CreateAsync(request, CreateRequestOptions(idempotencyKey), token),
            cancellationToken);
        return customer.Id;
    }

    // To delete a deleted customer again gives "missing" too: Stripe has deleted customers for reading only.
    public Task DeleteCustomer(string customerId, CancellationToken cancellationToken) => _requests.ExecuteOrNull(
        "delete a customer", token => _stripe.V1.Customers.DeleteAsync(customerId, cancellationToken: token), cancellationToken);

    public async Task<CheckoutSession> CreateCheckout(NewCheckoutSession checkout, string idempotencyKey, CancellationToken cancellationToken)
    {
        var request = new SessionCreateOptions
        {
            Mode = "subscription",
            LineItems = [new() { Price = options.Value.ProPrices[0], Quantity = 1 }],
            ClientReferenceId = checkout.UserId.ToString("D"),
            Customer = checkout.CustomerId,
            SuccessUrl = checkout.SuccessUrl,
            CancelUrl = checkout.CancelUrl,
            ExpiresAt = checkout.ExpiresAt.UtcDateTime,
            Metadata = CreateMetadata(checkout.UserId),
            SubscriptionData = new() { Metadata = CreateMetadata(checkout.UserId) },
        };
        var session = await _requests.Execute(
            "create a checkout",
            token => _stripe.V1.Checkout.Sessions.CreateAsync(request, CreateRequestOptions(idempotencyKey), token),
            cancellationToken);
        return session.ToCheckout();
    }

    public async Task<CheckoutSession?> ReadCheckout(string checkoutId, CancellationToken cancellationToken)
    {
        var session = await _requests.ExecuteOrNull(
            "read a checkout",
            token => _stripe.V1.Checkout.Sessions.GetAsync(checkoutId, cancellationToken: token),
            cancellationToken);
        return session?.ToCheckout();
    }

    public Task ExpireCheckout(string checkoutId, CancellationToken cancellationToken) =>
        _requests.ExecuteOrNull("expire a checkout", token => Expire(checkoutId, token), cancellationToken);

    public async Task<Uri> CreatePortal(string customerId, Uri returnUrl, CancellationToken cancellationToken)
    {
        var request = new PortalSessionCreateOptions { Customer = customerId, ReturnUrl = returnUrl.AbsoluteUri };
        var session = await _requests.Execute(
            "open the portal",
            token => _stripe.V1.BillingPortal.Sessions.CreateAsync(request, cancellationToken: token),
            cancellationToken);
        return new Uri(session.Url);
    }

    public async Task<ProviderSubscription?> ReadSubscription(string subscriptionId, CancellationToken cancellationToken)
    {
        var subscription = await _requests.ExecuteOrNull(
            "read a subscription",
            token => _stripe.V1.Subscriptions.GetAsync(subscriptionId, cancellationToken: token),
            cancellationToken);
        return subscription?.ToPaid(_proPrices);
    }

    public async Task<UnpaidInvoice?> ReadUnpaidInvoice(string subscriptionId, CancellationToken cancellationToken)
    {
        var request = new SubscriptionGetOptions { Expand = ["latest_invoice"] };
        var subscription = await _requests.ExecuteOrNull(
            "read an invoice",
            token => _stripe.V1.Subscriptions.GetAsync(subscriptionId, request, cancellationToken: token),
            cancellationToken);
        return subscription?.ToUnpaidInvoice();
    }

    public Task<ImmutableArray<ProviderSubscription>> ListSubscriptions(string customerId, CancellationToken cancellationToken)
    {
        var request = new SubscriptionListOptions { Customer = customerId, Status = "all", Limit = PageSize };
        return _requests.Execute("list subscriptions", List, cancellationToken);

        async Task<ImmutableArray<ProviderSubscription>> List(CancellationToken token) =>
        [
            .. await _stripe.V1.Subscriptions.ListAutoPagingAsync(request, cancellationToken: token)
                .Take(MaxListedSubscriptions)
                .Select(subscription => subscription.ToPaid(_proPrices))
                .ToListAsync(token),
        ];
    }

    public Task CancelSubscription(string subscriptionId, CancellationToken cancellationToken) => _requests.ExecuteOrNull(
        "cancel a subscription",
        token => _stripe.V1.Subscriptions.CancelAsync(subscriptionId, cancellationToken: token),
        cancellationToken);

    public async IAsyncEnumerable<PaymentEvent> ListUndeliveredEvents(
        DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var types = string.Concat(StripeEventReader.RelevantTypes.Select(type => $"&types[]={type}"));
        var query = $"/v1/events?delivery_success=false&limit={PageSize}&created[gte]={since.ToUnixTimeSeconds()}{types}";
        string? last = null;
        do
        {
            var path = last is null ? query : $"{query}&starting_after={last}";
            var page = await _requests.Execute("list events", token => ReadPage(path, token), cancellationToken);
            foreach (var found in page.Events)
            {
                yield return found;
            }

            last = page.Next;
        }
        while (last is not null);
    }

    public PaymentEvent? ParseEvent(string body) => events.Read(body);

    public void Dispose() => http.Dispose();

    // Most checkouts are already complete by then and not open.
    private async Task<Session> Expire(string checkoutId, CancellationToken cancellationToken)
    {
        var session = await _stripe.V1.Checkout.Sessions.GetAsync(checkoutId, cancellationToken: cancellationToken);
        try
        {
            return session.Status is "open"
                ? await _stripe.V1.Checkout.Sessions.ExpireAsync(checkoutId, cancellationToken: cancellationToken)
                : session;
        }
        catch (StripeException exception) when (exception.HttpStatusCode is HttpStatusCode.BadRequest)
        {
            // Stripe has no error code for a checkout that is not open any more.
            session = await _stripe.V1.Checkout.Sessions.GetAsync(checkoutId, cancellationToken: cancellationToken);
            if (session.Status is "open")
            {
                throw;
            }

            return session;
        }
    }

    // A raw request: one event of another API version, which the package cannot read, must not hide the others.
    private async Task<(List<PaymentEvent> Events, string? Next)> ReadPage(string path, CancellationToken cancellationToken)
    {
        var response = await _stripe.RawRequestAsync(HttpMethod.Get, path, cancellationToken: cancellationToken);
        using var page = JsonDocument.Parse(response.Content);
        var all = page.RootElement.At("data") is { ValueKind: JsonValueKind.Array } data ? data.EnumerateArray().ToList() : [];
        var hasMore = page.RootElement.At("has_more") is { ValueKind: JsonValueKind.True };
        return ([.. all.Select(events.Read).OfType<PaymentEvent>()], hasMore && all is [.., var last] ? last.Text("id") : null);
    }

    private static Dictionary<string, string> CreateMetadata(Guid userId) => new(StringComparer.Ordinal)
    {
        [StripeMapper.UserId] = userId.ToString("D"),
    };

    private static RequestOptions CreateRequestOptions(string idempotencyKey) => new() { IdempotencyKey = idempotencyKey };
}
