using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <summary>Objects as Stripe shows them, in one version of its interface.</summary>
internal sealed class StripeJsonBuilder(FakeStripeOptions options)
{
    public string Version => options.IsBeforeBasil ? "2024-06-20" : "2026-10-28.endive";

    public JsonObject Customer(FakeCustomer customer) => customer.IsDeleted
        ? new JsonObject { ["id"] = customer.Id, ["object"] = "customer", ["deleted"] = true }
        : Object("customer", customer.Id, customer.Created, customer.Metadata);

    public JsonObject Checkout(FakeCheckout checkout)
    {
        var json = Object("checkout.session", checkout.Id, checkout.Created, checkout.Metadata);
        json["mode"] = "subscription";
        json["status"] = checkout.Status;
        json["payment_status"] = checkout.Status is "complete" ? "paid" : "unpaid";
        json["customer"] = checkout.Customer;
        json["subscription"] = checkout.Subscription;
        json["client_reference_id"] = checkout.Reference;
        json["expires_at"] = checkout.ExpiresAt.ToUnixTimeSeconds();
        json["success_url"] = checkout.SuccessUrl;
        json["url"] = checkout.Status is "open" ? $"https://checkout.stripe.com/c/pay/{checkout.Id}" : null;
        return json;
    }

    public JsonObject Portal(string id, string customer, string returnUrl, DateTimeOffset created)
    {
        var json = Object("billing_portal.session", id, created, metadata: null);
        json["customer"] = customer;
        json["return_url"] = returnUrl;
        json["url"] = $"https://billing.stripe.com/p/session/{id}";
        return json;
    }

    public JsonObject Subscription(FakeSubscription subscription, bool withInvoice = false)
    {
        var json = Object("subscription", subscription.Id, subscription.Created, subscription.Metadata);
        json["status"] = subscription.Status;
        json["customer"] = subscription.Customer;
        json["cancel_at_period_end"] = subscription.CancelAtPeriodEnd;
        json["cancel_at"] = subscription.CancelAt?.ToUnixTimeSeconds();
        json["items"] = StripeListWriter.Of([.. subscription.Items.Select((period, index) => Item(subscription, period, index))], "/v1/subscription_items");
        json["latest_invoice"] = !withInvoice || subscription.Invoice is not { } invoice
            ? subscription.Invoice?.Id
            : Invoice(invoice, subscription, subscription.Created);
        if (options.IsBeforeBasil && subscription.Items is [var first, ..])
        {
            SetPeriod(json, first);
        }

        return json;
    }

    public JsonObject Invoice(FakeInvoice invoice, FakeSubscription subscription, DateTimeOffset created)
    {
        var json = Object("invoice", invoice.Id, created, metadata: null);
        json["status"] = invoice.Status;
        json["hosted_invoice_url"] = invoice.Url;
        json["customer"] = subscription.Customer;
        var details = new JsonObject { ["metadata"] = Metadata(subscription.Metadata) };
        if (options.IsBeforeBasil)
        {
            json["subscription"] = subscription.Id;
            json["subscription_details"] = details;
            return json;
        }

        details["subscription"] = subscription.Id;
        json["parent"] = new JsonObject { ["type"] = "subscription_details", ["subscription_details"] = details };
        return json;
    }

    public JsonObject Event(string id, string type, DateTimeOffset created, JsonObject about)
    {
        var json = Object("event", id, created, metadata: null);
        json["api_version"] = Version;
        json["type"] = type;
        json["pending_webhooks"] = 1;
        json["request"] = new JsonObject { ["id"] = null, ["idempotency_key"] = null };
        json["data"] = new JsonObject { ["object"] = about };
        return json;
    }

    private JsonObject Item(FakeSubscription subscription, FakeSubscriptionItem period, int index)
    {
        var json = Object("subscription_item", $"si_{subscription.Id}_{index}", subscription.Created, metadata: null);
        json["subscription"] = subscription.Id;
        json["quantity"] = 1;
        json["price"] = new JsonObject { ["id"] = period.Price ?? options.Price, ["object"] = "price" };
        if (!options.IsBeforeBasil)
        {
            SetPeriod(json, period);
        }

        return json;
    }

    private JsonObject Object(string kind, string id, DateTimeOffset created, IReadOnlyDictionary<string, string>? metadata)
    {
        var json = new JsonObject
        {
            ["id"] = id,
            ["object"] = kind,
            ["created"] = created.ToUnixTimeSeconds(),
            ["livemode"] = options.IsLive,
        };
        if (metadata is not null)
        {
            json["metadata"] = Metadata(metadata);
        }

        return json;
    }

    private static void SetPeriod(JsonObject json, FakeSubscriptionItem period)
    {
        json["current_period_start"] = period.Start.ToUnixTimeSeconds();
        json["current_period_end"] = period.End.ToUnixTimeSeconds();
    }

    private static JsonObject Metadata(IReadOnlyDictionary<string, string> metadata) =>
        new(metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
}
