using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <content>What can be asked for over the wire.</content>
public sealed partial class FakeStripeAccount
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    internal JsonObject CreateCustomer(StripeForm form) => UnderLock(() =>
    {
        form.AllowOnly("metadata", "email", "name");
        var customer = new FakeCustomer(NewId("cus"), Now, form.Map("metadata"));
        _customers.Add(customer.Id, customer);
        return _shapes.Customer(customer);
    });

    internal JsonObject ReadCustomer(string id) => UnderLock(() => _shapes.Customer(Find(_customers, id, "customer")));

    internal JsonObject DeleteCustomer(string id) => UnderLock(() =>
    {
        var customer = RequireCustomer(id);
        foreach (var subscription in _subscriptions.Values.Where(one => one.Customer == id && !IsEnded(one)).ToList())
        {
            Update(subscription.Id, old => old with { Status = "canceled" });
        }

        RaiseEvent("customer.deleted", _shapes.Customer(customer));
        _customers[id] = customer with { IsDeleted = true };
        return _shapes.Customer(_customers[id]);
    });

    internal JsonObject CreateCheckout(StripeForm form) => UnderLock(() =>
    {
        form.AllowOnly("mode", "line_items", "client_reference_id", "customer", "success_url", "cancel_url", "expires_at", "metadata", "subscription_data");
        if (Required(form, "mode") is not "subscription" || Required(form, "line_items[0][quantity]") is not "1")
        {
            throw FakeStripeError.Invalid("Only one subscription at a time is fake.", "mode");
        }

        if (Required(form, "line_items[0][price]") is var price && price != _options.Price)
        {
            throw FakeStripeError.Missing("price", price, "line_items[0][price]");
        }

        var expiresAt = form["expires_at"] is { } text ? Time(text) : Now.AddHours(24);
        if (expiresAt < Now.AddMinutes(30).AddSeconds(-5) || expiresAt > Now.AddHours(24).AddSeconds(5))
        {
            throw FakeStripeError.Invalid("The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.", "expires_at");
        }

        var customer = RequireCustomer(Required(form, "customer"), "customer");
        var checkout = new FakeCheckout(NewId("cs_test"), Now, customer.Id, expiresAt)
        {
            Reference = form["client_reference_id"],
            SuccessUrl = Required(form, "success_url"),
            Metadata = form.Map("metadata"),
            SubscriptionMetadata = form.Map("subscription_data[metadata]"),
        };
        _checkouts.Add(checkout.Id, checkout);
        return _shapes.Checkout(checkout);
    });

    internal JsonObject ReadCheckout(string id) =>
        UnderLock(() => _shapes.Checkout(Current(Find(_checkouts, id, "checkout.session"))));

    internal JsonObject ExpireCheckout(string id) => UnderLock(() =>
    {
        _checkouts[id] = RequireOpenCheckout(id) with { Status = "expired" };
        RaiseEvent("checkout.session.expired", _shapes.Checkout(_checkouts[id]));
        return _shapes.Checkout(_checkouts[id]);
    });

    internal JsonObject CreatePortal(StripeForm form) => UnderLock(() =>
    {
        form.AllowOnly("customer", "return_url");
        var customer = RequireCustomer(Required(form, "customer"), "customer");
        return _shapes.Portal(NewId("bps"), customer.Id, Required(form, "return_url"), Now);
    });

    internal JsonObject ReadSubscription(StripeForm form, string id) => UnderLock(() =>
    {
        form.AllowOnly("expand");
        return _shapes.Subscription(
            Find(_subscriptions, id, "subscription"), withInvoice: form.Fields.Any(field => field.Value is "latest_invoice"));
    });

    internal JsonObject CancelSubscription(string id)
    {
        // As Stripe does: one that is over cannot be found to be canceled.
        var isOver = UnderLock(() => IsEnded(Find(_subscriptions, id, "subscription")));
        return isOver
            ? throw FakeStripeError.Missing("subscription", id)
            : _shapes.Subscription(Update(id, old => old with { Status = "canceled" }));
    }

    internal JsonObject ListSubscriptions(StripeForm form) => UnderLock(() =>
    {
        form.AllowOnly("customer", "status", "limit", "starting_after");
        if (form["customer"] is { } asked)
        {
            RequireCustomer(asked, "customer");
        }

        var found = _subscriptions.Values.Reverse()
            .Where(subscription => form["customer"] is not { } customer || subscription.Customer == customer)
            .Where(subscription => form["status"] switch
            {
                null => subscription.Status is not "canceled",
                "all" => true,
                var status => subscription.Status == status,
            });
        return StripeListWriter.Of([.. found.Select(subscription => _shapes.Subscription(subscription))], "/v1/subscriptions", form);
    });

    internal JsonObject ListEvents(StripeForm form) => UnderLock(() =>
    {
        form.AllowOnly("types", "delivery_success", "created", "limit", "starting_after");
        var types = form.Fields.Where(field => field.Key.StartsWith("types[", StringComparison.Ordinal)).Select(field => field.Value).ToHashSet(StringComparer.Ordinal);
        var since = form["created[gte]"] is { } text ? Time(text) : DateTimeOffset.MinValue;
        var found = _events.AsEnumerable().Reverse()
            .Where(happened => types.Count == 0 || types.Contains(happened.Type))
            .Where(happened => happened.Created.ToUnixTimeSeconds() >= since.ToUnixTimeSeconds())
            .Where(happened => form["delivery_success"] is not { } delivered || happened.IsDelivered == bool.Parse(delivered));
        return StripeListWriter.Of([.. found.Select(happened => JsonNode.Parse(happened.Body)!.AsObject())], "/v1/events", form);
    });

    private static bool IsEnded(FakeSubscription subscription) => subscription.Status is "canceled" or "incomplete_expired";

    private static string Required(StripeForm form, string name) =>
        form[name] ?? throw FakeStripeError.Invalid($"Missing required param: {name}.", name, "parameter_missing");

    private static DateTimeOffset Time(string seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture));
}
