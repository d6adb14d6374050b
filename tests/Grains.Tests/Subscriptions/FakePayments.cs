using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>The truth about all subscriptions, held by the test. Thread-safe.</summary>
internal sealed class FakePayments : IPaymentProvider
{
    private readonly ConcurrentDictionary<string, string> _customersByKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CheckoutSession> _checkoutsByKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ProviderSubscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableArray<string>> _byCustomer = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PaymentEvent> _events = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _undelivered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _gone = new(StringComparer.Ordinal);
    private int _ids;
    private int _lists;

    /// <summary>Runs before a call with its name and the user or customer, outside of all that is settled yet.</summary>
    public Func<string, string, Task>? Before { get; set; }

    /// <summary>Runs after a call has had its effect: what it throws is an answer that was lost.</summary>
    public Func<string, string, Task>? After { get; set; }

    /// <summary>The next call of this name for a user has its effect, and its response is lost.</summary>
    public void LoseResponse(string call, Guid userId) => After = (name, about) =>
    {
        if (name != call || about != $"{userId:D}")
        {
            return Task.CompletedTask;
        }

        After = null;
        throw new PaymentProviderException(PaymentProviderFault.Unavailable, "as the test wishes");
    };

    /// <summary>The calls of <see cref="ListSubscriptions"/>.</summary>
    public int ListCalls => _lists;

    /// <summary>The events that nobody has taken.</summary>
    public ICollection<string> Undelivered => _undelivered.Keys;

    public int CustomersOf(Guid userId) => _customersByKey.Count(pair => pair.Key.Contains($"{userId:D}", StringComparison.Ordinal));

    public IReadOnlyList<CheckoutSession> CheckoutsOf(Guid userId) =>
        [.. _checkoutsByKey.Values.Where(checkout => checkout.UserId == userId).DistinctBy(checkout => checkout.Id)];

    public IReadOnlyList<ProviderSubscription> SubscriptionsOf(Guid userId) =>
        [.. _subscriptions.Values.Where(subscription => subscription.UserId == userId)];

    /// <summary>Sets the truth, of a new subscription or a known one.</summary>
    public void StoreSubscription(ProviderSubscription subscription)
    {
        if (_subscriptions.TryAdd(subscription.Id, subscription))
        {
            _byCustomer.AddOrUpdate(
                subscription.CustomerId, _ => [subscription.Id], (_, others) => others.Insert(0, subscription.Id));
        }

        _subscriptions[subscription.Id] = subscription;
    }

    /// <summary>The customers that do not exist, or not any more.</summary>
    public ICollection<string> MissingCustomers => _gone.Keys;

    /// <summary>The provider does not know a customer, nor what it has.</summary>
    public void RemoveCustomer(string customerId)
    {
        _gone[customerId] = true;
        _byCustomer.TryRemove(customerId, out _);
        foreach (var one in _subscriptions.Values.Where(one => one.CustomerId == customerId))
        {
            _subscriptions.TryRemove(one.Id, out _);
        }
    }

    /// <summary>The provider loses a subscription.</summary>
    public void RemoveSubscription(ProviderSubscription subscription)
    {
        _subscriptions.TryRemove(subscription.Id, out _);
        _byCustomer[subscription.CustomerId] = _byCustomer[subscription.CustomerId].Remove(subscription.Id);
    }

    /// <summary>An event about a subscription; nobody has got it yet.</summary>
    public string RaiseEvent(string type, ProviderSubscription about)
    {
        var id = NewId($"evt_{type}");
        _events[id] = new PaymentEvent(id, about.CustomerId, about.UserId, IsRelevant: true);
        _undelivered[id] = true;
        return id;
    }

    public void MarkDelivered(string eventId) => _undelivered.TryRemove(eventId, out _);

    /// <summary>The user pays.</summary>
    public ProviderSubscription CompleteCheckout(string checkoutId, DateTimeOffset now)
    {
        var (key, checkout) = _checkoutsByKey.First(pair => pair.Value.Id == checkoutId);
        Assert.Equal(CheckoutStatus.Open, checkout.Status);
        var made = NewSubscription(checkout.CustomerId!, checkout.UserId!.Value, now);
        StoreSubscription(made);
        _checkoutsByKey[key] = checkout with { Status = CheckoutStatus.Complete, Url = null, SubscriptionId = made.Id };
        return made;
    }

    public ProviderSubscription NewSubscription(string customerId, Guid userId, DateTimeOffset now) => new(
        NewId("sub"), customerId, userId, ProviderSubscriptionStatus.Active, now, now.AddDays(30), CancelAtPeriodEnd: false, now, IsPro: true);

    public async Task<string> CreateCustomer(Guid userId, string idempotencyKey, CancellationToken cancellationToken) =>
        await Call(nameof(CreateCustomer), $"{userId:D}", () => _customersByKey.GetOrAdd(idempotencyKey, _ => NewId("cus")));

    public Task DeleteCustomer(string customerId, CancellationToken cancellationToken) =>
        Call(nameof(DeleteCustomer), customerId, () => _gone.TryAdd(customerId, value: true));

    public Task<CheckoutSession> CreateCheckout(NewCheckoutSession checkout, string idempotencyKey, CancellationToken cancellationToken) =>
        CallFor(checkout.CustomerId, nameof(CreateCheckout), $"{checkout.UserId:D}", () => _checkoutsByKey.GetOrAdd(idempotencyKey, _ => new CheckoutSession(
            NewId("cs"), CheckoutStatus.Open, "https://pay.example/" + idempotencyKey, checkout.UserId, checkout.CustomerId, null, checkout.ExpiresAt)));

    public Task<CheckoutSession?> ReadCheckout(string checkoutId, CancellationToken cancellationToken) =>
        Call(nameof(ReadCheckout), checkoutId, () => _checkoutsByKey.Values.FirstOrDefault(checkout => checkout.Id == checkoutId));

    public Task ExpireCheckout(string checkoutId, CancellationToken cancellationToken) => Call(nameof(ExpireCheckout), checkoutId, () =>
    {
        var (key, checkout) = _checkoutsByKey.First(pair => pair.Value.Id == checkoutId);
        return checkout.Status is not CheckoutStatus.Open
            || _checkoutsByKey.TryUpdate(key, checkout with { Status = CheckoutStatus.Expired, Url = null }, checkout);
    });

    public Task<Uri> CreatePortal(string customerId, Uri returnTo, CancellationToken cancellationToken) =>
        CallFor(customerId, nameof(CreatePortal), customerId, () => new Uri($"https://portal.example/{customerId}"));

    public Task<ProviderSubscription?> ReadSubscription(string subscriptionId, CancellationToken cancellationToken) =>
        Call(nameof(ReadSubscription), subscriptionId, () => _subscriptions.GetValueOrDefault(subscriptionId));

    public Task<ImmutableArray<ProviderSubscription>> ListSubscriptions(string customerId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lists);
        return CallFor(customerId, nameof(ListSubscriptions), customerId, () => _byCustomer.TryGetValue(customerId, out var ids)
            ? ImmutableArray.CreateRange(ids.Select(id => _subscriptions[id]))
            : []);
    }

    public Task<UnpaidInvoice?> ReadUnpaidInvoice(string subscriptionId, CancellationToken cancellationToken) =>
        Call(nameof(ReadUnpaidInvoice), subscriptionId, () => (UnpaidInvoice?)null);

    public Task CancelSubscription(string subscriptionId, CancellationToken cancellationToken) =>
        Call(nameof(CancelSubscription), subscriptionId, () => _subscriptions.TryGetValue(subscriptionId, out var known)
            && _subscriptions.TryUpdate(subscriptionId, known with { Status = ProviderSubscriptionStatus.Canceled }, known));

    public async IAsyncEnumerable<PaymentEvent> ListUndeliveredEvents(
        DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var id in await Call(nameof(ListUndeliveredEvents), $"{since:O}", () => _undelivered.Keys))
        {
            await Task.Yield();
            yield return _events[id];
        }
    }

    public PaymentEvent? ParseEvent(string body) => _events.GetValueOrDefault(body);

    public string NewId(string kind) => $"{kind}_{Interlocked.Increment(ref _ids)}";

    private Task<T> CallFor<T>(string customerId, string name, string about, Func<T> act) => Call(name, about, () =>
        _gone.ContainsKey(customerId) ? throw new PaymentProviderException(PaymentProviderFault.CustomerMissing, "as the test wishes") : act());

    private async Task<T> Call<T>(string name, string about, Func<T> act)
    {
        if (Before is { } before)
        {
            await before(name, about);
        }

        var answer = act();
        if (After is { } after)
        {
            await after(name, about);
        }

        return answer;
    }
}
