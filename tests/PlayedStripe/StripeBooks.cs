using System.Text.Json.Nodes;

namespace GeminiChat.Played;

/// <summary>What a played Stripe knows. Every change makes the events that Stripe would make.</summary>
public sealed partial class StripeBooks
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private readonly PlayedStripeOptions _options;
    private readonly StripeShapes _shapes;
    private readonly Dictionary<string, PlayedCustomer> _customers = [];
    private readonly Dictionary<string, PlayedCheckout> _checkouts = [];
    private readonly Dictionary<string, PlayedSubscription> _subscriptions = [];
    private readonly List<PlayedEvent> _events = [];
    private int _ids;

    internal StripeBooks(PlayedStripeOptions options) => (_options, _shapes) = (options, new StripeShapes(options));

    /// <summary>The customers, in the order of their creation.</summary>
    public IReadOnlyList<PlayedCustomer> Customers => Locked(() => _customers.Values.ToList());

    /// <summary>The checkouts, in the order of their creation.</summary>
    public IReadOnlyList<PlayedCheckout> Checkouts => Locked(() => _checkouts.Values.ToList());

    /// <summary>The subscriptions, in the order of their creation.</summary>
    public IReadOnlyList<PlayedSubscription> Subscriptions => Locked(() => _subscriptions.Values.ToList());

    /// <summary>The events, in the order in which they happened.</summary>
    public IReadOnlyList<PlayedEvent> Events => Locked(() => _events.ToList());

    private DateTimeOffset Now => _options.Time.GetUtcNow();

    /// <summary>The user pays: the checkout is complete, and there is a subscription.</summary>
    public PlayedSubscription Complete(string checkoutId) => Locked(() =>
    {
        var checkout = Open(checkoutId);
        var subscription = new PlayedSubscription(NewId("sub"), Now, checkout.Customer)
        {
            Items = [new(Now, Now + Period)],
            Invoice = new(NewId("in"), "paid"),
            Metadata = checkout.SubscriptionMetadata,
        };
        _subscriptions.Add(subscription.Id, subscription);
        _checkouts[checkoutId] = checkout with { Status = "complete", Subscription = subscription.Id };
        Happen("customer.subscription.created", _shapes.Subscription(subscription));
        Happen("invoice.paid", _shapes.Invoice(subscription.Invoice, subscription, Now));
        Happen("checkout.session.completed", _shapes.Checkout(_checkouts[checkoutId]));
        return subscription;
    });

    /// <summary>Changes a subscription, as time, the bank or the portal does.</summary>
    public PlayedSubscription Update(string subscriptionId, Func<PlayedSubscription, PlayedSubscription> change) => Locked(() =>
    {
        var changed = change(_subscriptions[subscriptionId]);
        _subscriptions[subscriptionId] = changed;
        Happen(changed.Status is "canceled" ? "customer.subscription.deleted" : "customer.subscription.updated", _shapes.Subscription(changed));
        return changed;
    });

    /// <summary>The next period begins, and is paid or not.</summary>
    public PlayedSubscription Renew(string subscriptionId, bool isPaid = true)
    {
        var renewed = Update(subscriptionId, old => old with
        {
            Status = isPaid ? "active" : "past_due",
            Items = [.. old.Items.Select(period => period with { Start = period.End, End = period.End + Period })],
            Invoice = new(NewId("in"), isPaid ? "paid" : "open"),
        });
        Locked(() => Happen(isPaid ? "invoice.paid" : "invoice.payment_failed", _shapes.Invoice(renewed.Invoice!, renewed, Now)));
        return renewed;
    }

    /// <summary>A customer is deleted, as in the dashboard: its subscriptions end at once.</summary>
    public void Delete(string customerId) => DeleteCustomer(customerId);

    /// <summary>A customer with all that it has turns out to be of another account: this one has never heard of it.</summary>
    public void Disown(string customerId) => Locked(() =>
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
    public void Add(PlayedSubscription subscription) => Locked(() =>
    {
        _customers.TryAdd(subscription.Customer, new(subscription.Customer, subscription.Created, subscription.Metadata));
        _subscriptions[subscription.Id] = subscription;
        return Happen("customer.subscription.created", _shapes.Subscription(subscription));
    });

    /// <summary>An event of any type, about anything.</summary>
    public PlayedEvent Happen(string type, JsonObject about) => Locked(() =>
    {
        var id = NewId("evt");
        var happened = new PlayedEvent(id, type, Now, _shapes.Event(id, type, Now, about).ToJsonString(Indented));
        _events.Add(happened);
        return happened;
    });

    private PlayedCheckout Open(string id)
    {
        var checkout = Find(_checkouts, id, "checkout.session");
        return Current(checkout) is { Status: "open" } open ? open : throw StripeRefusal.Invalid(
            $"Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `{Current(checkout).Status}`.");
    }

    // Time closes a checkout that nobody paid.
    private PlayedCheckout Current(PlayedCheckout checkout) =>
        checkout.Status is "open" && checkout.ExpiresAt <= Now ? checkout with { Status = "expired" } : checkout;

    private string NewId(string prefix) => $"{prefix}_played{++_ids}";

    // As a parameter one that was deleted counts as none.
    private PlayedCustomer Living(string id, string? param = null) =>
        Find(_customers, id, "customer", param) is { IsDeleted: false } living ? living : throw StripeRefusal.Missing("customer", id, param);

    private static T Find<T>(Dictionary<string, T> all, string id, string what, string? param = null) =>
        all.TryGetValue(id, out var found) ? found : throw StripeRefusal.Missing(what, id, param);

    private T Locked<T>(Func<T> act)
    {
        lock (_lock)
        {
            return act();
        }
    }
}
