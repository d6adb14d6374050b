using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <summary>What a fake Stripe knows. Every change makes the events that Stripe would make.</summary>
public sealed partial class FakeStripeAccount
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private readonly FakeStripeOptions _options;
    private readonly StripeJsonBuilder _shapes;
    private readonly Dictionary<string, FakeCustomer> _customers = [];
    private readonly Dictionary<string, FakeCheckout> _checkouts = [];
    private readonly Dictionary<string, FakeSubscription> _subscriptions = [];
    private readonly List<FakeStripeEvent> _events = [];
    private int _ids;

    internal FakeStripeAccount(FakeStripeOptions options) => (_options, _shapes) = (options, new StripeJsonBuilder(options));

    /// <summary>The customers, in the order of their creation.</summary>
    public IReadOnlyList<FakeCustomer> Customers => UnderLock(() => _customers.Values.ToList());

    /// <summary>The checkouts, in the order of their creation.</summary>
    public IReadOnlyList<FakeCheckout> Checkouts => UnderLock(() => _checkouts.Values.ToList());

    /// <summary>The subscriptions, in the order of their creation.</summary>
    public IReadOnlyList<FakeSubscription> Subscriptions => UnderLock(() => _subscriptions.Values.ToList());

    /// <summary>The events, in the order in which they happened.</summary>
    public IReadOnlyList<FakeStripeEvent> Events => UnderLock(() => _events.ToList());

    private DateTimeOffset Now => _options.Time.GetUtcNow();

    /// <summary>The user pays: the checkout is complete, and there is a subscription.</summary>
    public FakeSubscription CompleteCheckout(string checkoutId) => UnderLock(() =>
    {
        var checkout = RequireOpenCheckout(checkoutId);
        var subscription = new FakeSubscription(NewId("sub"), Now, checkout.Customer)
        {
            Items = [new(Now, Now + Period)],
            Invoice = new(NewId("in"), "paid"),
            Metadata = checkout.SubscriptionMetadata,
        };
        _subscriptions.Add(subscription.Id, subscription);
        _checkouts[checkoutId] = checkout with { Status = "complete", Subscription = subscription.Id };
        RaiseEvent("customer.subscription.created", _shapes.Subscription(subscription));
        RaiseEvent("invoice.paid", _shapes.Invoice(subscription.Invoice, subscription, Now));
        RaiseEvent("checkout.session.completed", _shapes.Checkout(_checkouts[checkoutId]));
        return subscription;
    });

    /// <summary>Changes a subscription, as time, the bank or the portal does.</summary>
    public FakeSubscription Update(string subscriptionId, Func<FakeSubscription, FakeSubscription> change) => UnderLock(() =>
    {
        var changed = change(_subscriptions[subscriptionId]);
        _subscriptions[subscriptionId] = changed;
        RaiseEvent(changed.Status is "canceled" ? "customer.subscription.deleted" : "customer.subscription.updated", _shapes.Subscription(changed));
        return changed;
    });

    /// <summary>The next period begins, and is paid or not.</summary>
    public FakeSubscription Renew(string subscriptionId, bool isPaid = true)
    {
        var renewed = Update(subscriptionId, old => old with
        {
            Status = isPaid ? "active" : "past_due",
            Items = [.. old.Items.Select(period => period with { Start = period.End, End = period.End + Period })],
            Invoice = new(NewId("in"), isPaid ? "paid" : "open"),
        });
        UnderLock(() => RaiseEvent(isPaid ? "invoice.paid" : "invoice.payment_failed", _shapes.Invoice(renewed.Invoice!, renewed, Now)));
        return renewed;
    }

    /// <summary>A customer is deleted, as in the dashboard: its subscriptions end at once.</summary>
    public void Delete(string customerId) => DeleteCustomer(customerId);

    /// <summary>A customer with all that it has turns out to be of another account: this one has never heard of it.</summary>
    public void RemoveCustomer(string customerId) => UnderLock(() =>
    {
        foreach (var checkout in _checkouts.Values.Where(one => one.Customer == customerId).ToList())
        {
            _checkouts.Remove(checkout.Id);
        }

        foreach (var subscription in _subscriptions.Values.Where(one => one.Customer == customerId).ToList())
        {
            _subscriptions.Remove(subscription.Id);
        }

        return _customers.Remove(customerId);
    });

    /// <summary>A subscription that was made elsewhere, as in the dashboard, and its customer, if it is new.</summary>
    public void Add(FakeSubscription subscription) => UnderLock(() =>
    {
        _customers.TryAdd(subscription.Customer, new(subscription.Customer, subscription.Created, subscription.Metadata));
        _subscriptions[subscription.Id] = subscription;
        return RaiseEvent("customer.subscription.created", _shapes.Subscription(subscription));
    });

    /// <summary>An event of any type, about anything.</summary>
    public FakeStripeEvent RaiseEvent(string type, JsonObject about) => UnderLock(() =>
    {
        var id = NewId("evt");
        var happened = new FakeStripeEvent(id, type, Now, _shapes.Event(id, type, Now, about).ToJsonString(Indented));
        _events.Add(happened);
        return happened;
    });

    private FakeCheckout RequireOpenCheckout(string id)
    {
        var checkout = Find(_checkouts, id, "checkout.session");
        return Current(checkout) is { Status: "open" } open ? open : throw FakeStripeError.Invalid(
            $"Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `{Current(checkout).Status}`.");
    }

    // Time closes a checkout that nobody paid.
    private FakeCheckout Current(FakeCheckout checkout) =>
        checkout.Status is "open" && checkout.ExpiresAt <= Now ? checkout with { Status = "expired" } : checkout;

    private string NewId(string prefix) => $"{prefix}_fake{++_ids}";

    // As a parameter one that was deleted counts as none.
    private FakeCustomer RequireCustomer(string id, string? param = null) =>
        Find(_customers, id, "customer", param) is { IsDeleted: false } living ? living : throw FakeStripeError.Missing("customer", id, param);

    private static T Find<T>(Dictionary<string, T> all, string id, string what, string? param = null) =>
        all.TryGetValue(id, out var found) ? found : throw FakeStripeError.Missing(what, id, param);

    private T UnderLock<T>(Func<T> act)
    {
        lock (_lock)
        {
            return act();
        }
    }
}
