using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Payments;

/// <summary>
/// The fake Stripe before Stripe's own client for Node.js: what that one does not take would be our mistake in mirror
/// image.
/// </summary>
public sealed class OfficialStripeClientTests
{
    [Fact]
    public async Task Stripes_client_gets_the_same_customer_with_the_same_key()
    {
        await using var fake = await FakeStripe.Start();

        var seen = await Run(fake, "customer");

        Assert.Equal("customer", Text(seen, "object"));
        Assert.Equal(Text(seen, "id"), Text(seen, "again"));
        Assert.Equal("u_1", seen.GetProperty("metadata").GetProperty("user_id").GetString());
        Assert.Single(fake.Account.Customers);
    }

    [Fact]
    public async Task Stripes_client_opens_reads_and_expires_a_checkout()
    {
        await using var fake = await FakeStripe.Start();

        var seen = await Run(fake, "checkout");

        Assert.Equal(("open", "u_1", "expired", null), (Text(seen, "status"), Text(seen, "client_reference_id"), Text(seen, "afterwards"), Text(seen, "afterwardsUrl")));
        Assert.Equal("https://example.org/ok?session_id={CHECKOUT_SESSION_ID}", fake.Account.Checkouts[0].SuccessUrl);
        Assert.Equal("u_1", fake.Account.Checkouts[0].SubscriptionMetadata["user_id"]);
    }

    [Fact]
    public async Task Stripes_client_opens_the_portal()
    {
        await using var fake = await FakeStripe.Start();

        Assert.StartsWith("https://billing.stripe.com/", Text(await Run(fake, "portal"), "url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stripes_client_can_read_a_deleted_customer_but_not_use_it()
    {
        await using var fake = await FakeStripe.Start();

        var seen = await Run(fake, "deletedCustomer");

        Assert.True(seen.GetProperty("deleted").GetProperty("deleted").GetBoolean());
        Assert.Equal(seen.GetProperty("deleted").GetRawText(), seen.GetProperty("read").GetRawText());
        var errors = seen.GetProperty("errors");
        string[] asParameter = ["list", "checkout", "portal"];
        Assert.All(asParameter, use => Assert.Equal("StripeInvalidRequestError 400 resource_missing customer", Text(errors, use)));
        string[] asPath = ["again", "unknown"];
        Assert.All(asPath, use => Assert.Equal("StripeInvalidRequestError 404 resource_missing id", Text(errors, use)));
    }

    [Fact]
    public async Task Stripes_client_reads_the_payment_page_of_an_open_invoice()
    {
        await using var fake = await FakeStripe.Start();
        fake.Account.Add(new("sub_1", TimeProvider.System.GetUtcNow(), "cus_1") { Status = "incomplete", Invoice = new("in_1", "open") });

        var invoice = (await Run(fake, "invoice", ("SUBSCRIPTION", "sub_1"))).GetProperty("invoice");

        Assert.Equal(("in_1", "open", "https://invoice.stripe.com/i/in_1"), (Text(invoice, "id"), Text(invoice, "status"), Text(invoice, "hosted_invoice_url")));
    }

    [Fact]
    public async Task Stripes_client_reads_lists_and_cancels_subscriptions()
    {
        await using var fake = await FakeStripe.Start();
        var now = TimeProvider.System.GetUtcNow();
        fake.Account.Add(new("sub_1", now, "cus_1") { Status = "canceled" });
        fake.Account.Add(new("sub_2", now, "cus_1") { Items = [new(now, now.AddDays(30))] });

        var seen = await Run(fake, "subscription", ("SUBSCRIPTION", "sub_2"));

        Assert.Equal(("active", "canceled"), (Text(seen, "status"), Text(seen, "afterwards")));
        Assert.Equal(now.AddDays(30).ToUnixTimeSeconds(), seen.GetProperty("items").GetProperty("data")[0].GetProperty("current_period_end").GetInt64());
        Assert.Equal(["sub_2", "sub_1"], seen.GetProperty("listed").EnumerateArray().Select(id => id.GetString()));
    }

    [Fact]
    public async Task Stripes_client_pages_through_undelivered_events()
    {
        await using var fake = await FakeStripe.Start();
        fake.Account.RaiseEvent("customer.subscription.created", []);
        fake.Account.RaiseEvent("charge.refunded", []);
        fake.Account.RaiseEvent("invoice.paid", []);

        var seen = await Run(fake, "events");

        Assert.Equal(["invoice.paid", "customer.subscription.created"], seen.GetProperty("listed").EnumerateArray().Select(type => type.GetString()));
    }

    [Theory]
    [InlineData("reusedKey", "StripeIdempotencyError", 400)]
    [InlineData("missing", "StripeInvalidRequestError", 404)]
    [InlineData("wrongKey", "StripeAuthenticationError", 401)]
    [InlineData("limited", "StripeRateLimitError", 429)]
    [InlineData("inUse", "StripeAPIError", 409)]
    [InlineData("broken", "StripeAPIError", 500)]
    [InlineData("reset", "StripeConnectionError", null)]
    [InlineData("half", "StripeConnectionError", null)]
    [InlineData("garbled", "StripeAPIError", null)]
    public async Task Stripes_client_reports_each_error(string what, string name, int? status)
    {
        await using var fake = await FakeStripe.Start(new() { Key = what is "wrongKey" ? "sk_test_other" : FakeStripe.Key });
        fake.SetFault(what switch
        {
            "limited" => StripeFault.RateLimited(),
            "inUse" => StripeFault.ErrorWithoutEffect(409, "idempotency_error", "idempotency_key_in_use"),
            "broken" => StripeFault.ErrorAfterEffect(),
            "reset" => StripeFault.ResetAfterEffect(),
            "half" => StripeFault.TruncatedConnection(),
            "garbled" => StripeFault.TruncatedJson(),
            _ => null,
        });

        var error = (await Run(fake, what is "reusedKey" or "missing" ? what : "customer")).GetProperty("error");

        Assert.Equal(name, Text(error, "name"));
        Assert.Equal(status, error.TryGetProperty("status", out var told) ? told.GetInt32() : null);
    }

    [Fact]
    public async Task Stripes_client_gets_the_first_response_again_after_a_connection_reset()
    {
        await using var fake = await FakeStripe.Start();
        fake.EnqueueFaults(StripeFault.ResetAfterEffect());

        var seen = await Run(fake, "customer", ("RETRIES", "1"));

        Assert.Equal(Text(seen, "id"), Assert.Single(fake.Account.Customers).Id);
        Assert.Equal([false, true, true], fake.Calls.All.Select(call => call.WasReplayed));
    }

    [Fact]
    public async Task Stripes_client_accepts_the_fake_events_and_computes_the_same_signature()
    {
        const string Secret = "whsec_new";
        await using var fake = await FakeStripe.Start();
        var at = DateTimeOffset.FromUnixTimeSeconds(1_760_000_000);
        var happened = fake.Account.RaiseEvent("invoice.paid", new JsonObject { ["id"] = "in_1", ["note"] = "żółw 😀" });
        var body = Encoding.UTF8.GetBytes(happened.Body);
        var signature = WebhookSender.Sign(body, at, ["whsec_old", Secret]);

        var seen = await Run(fake, "webhook", ("PAYLOAD", happened.Body), ("SIGNATURE", signature), ("SECRET", Secret), ("AT", "1760000000"));
        var late = await Run(fake, "webhook", ("PAYLOAD", happened.Body), ("SIGNATURE", signature), ("SECRET", Secret), ("AT", "1760000301"));
        var forged = await Run(fake, "webhook", ("PAYLOAD", happened.Body), ("SIGNATURE", signature), ("SECRET", "whsec_x"), ("AT", "1760000000"));

        Assert.Equal((happened.Id, "invoice.paid"), (Text(seen, "id"), Text(seen, "type")));
        Assert.Equal(WebhookSender.Sign(body, at, [Secret]), Text(seen, "header"));
        Assert.All([late, forged], refused => Assert.Equal("StripeSignatureVerificationError", Text(refused.GetProperty("error"), "name")));
    }

    private static Task<JsonElement> Run(FakeStripe fake, string story, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["STRIPE_API_BASE"] = fake.BaseUrl,
            ["STRIPE_SECRET_KEY"] = FakeStripe.Key,
            ["STRIPE_PRO_PRICE_ID"] = FakeStripe.Price,
        };
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }

        return VendorClients.Run("stripe.mjs", story, environment);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
