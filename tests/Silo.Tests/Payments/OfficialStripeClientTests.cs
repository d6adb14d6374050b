using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiChat.Played;

namespace GeminiChat.Silo.Tests.Payments;

/// <summary>
/// The played Stripe before Stripe's own client for Node.js: what that one does not take would be our mistake in mirror
/// image.
/// </summary>
public sealed class OfficialStripeClientTests
{
    [Fact]
    public async Task It_makes_a_customer_and_gets_the_same_one_by_the_same_key()
    {
        await using var played = await PlayedStripe.Start();

        var seen = await Run(played, "customer");

        Assert.Equal("customer", Text(seen, "object"));
        Assert.Equal(Text(seen, "id"), Text(seen, "again"));
        Assert.Equal("u_1", seen.GetProperty("metadata").GetProperty("user_id").GetString());
        Assert.Single(played.Books.Customers);
    }

    [Fact]
    public async Task It_opens_reads_and_expires_a_checkout()
    {
        await using var played = await PlayedStripe.Start();

        var seen = await Run(played, "checkout");

        Assert.Equal(("open", "u_1", "expired", null), (Text(seen, "status"), Text(seen, "client_reference_id"), Text(seen, "afterwards"), Text(seen, "afterwardsUrl")));
        Assert.Equal("https://example.org/ok?session_id={CHECKOUT_SESSION_ID}", played.Books.Checkouts[0].SuccessUrl);
        Assert.Equal("u_1", played.Books.Checkouts[0].SubscriptionMetadata["user_id"]);
    }

    [Fact]
    public async Task It_opens_the_portal()
    {
        await using var played = await PlayedStripe.Start();

        Assert.StartsWith("https://billing.stripe.com/", Text(await Run(played, "portal"), "url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_can_read_a_deleted_customer_and_use_it_for_nothing()
    {
        await using var played = await PlayedStripe.Start();

        var seen = await Run(played, "deletedCustomer");

        Assert.True(seen.GetProperty("deleted").GetProperty("deleted").GetBoolean());
        Assert.Equal(seen.GetProperty("deleted").GetRawText(), seen.GetProperty("read").GetRawText());
        var errors = seen.GetProperty("errors");
        string[] asParameter = ["list", "checkout", "portal"];
        Assert.All(asParameter, use => Assert.Equal("StripeInvalidRequestError 400 resource_missing customer", Text(errors, use)));
        string[] asPath = ["again", "unknown"];
        Assert.All(asPath, use => Assert.Equal("StripeInvalidRequestError 404 resource_missing id", Text(errors, use)));
    }

    [Fact]
    public async Task It_reads_the_page_of_an_invoice_that_is_to_be_paid()
    {
        await using var played = await PlayedStripe.Start();
        played.Books.Add(new("sub_1", TimeProvider.System.GetUtcNow(), "cus_1") { Status = "incomplete", Invoice = new("in_1", "open") });

        var invoice = (await Run(played, "invoice", ("SUBSCRIPTION", "sub_1"))).GetProperty("invoice");

        Assert.Equal(("in_1", "open", "https://invoice.stripe.com/i/in_1"), (Text(invoice, "id"), Text(invoice, "status"), Text(invoice, "hosted_invoice_url")));
    }

    [Fact]
    public async Task It_reads_lists_and_cancels_subscriptions()
    {
        await using var played = await PlayedStripe.Start();
        var now = TimeProvider.System.GetUtcNow();
        played.Books.Add(new("sub_1", now, "cus_1") { Status = "canceled" });
        played.Books.Add(new("sub_2", now, "cus_1") { Items = [new(now, now.AddDays(30))] });

        var seen = await Run(played, "subscription", ("SUBSCRIPTION", "sub_2"));

        Assert.Equal(("active", "canceled"), (Text(seen, "status"), Text(seen, "afterwards")));
        Assert.Equal(now.AddDays(30).ToUnixTimeSeconds(), seen.GetProperty("items").GetProperty("data")[0].GetProperty("current_period_end").GetInt64());
        Assert.Equal(["sub_2", "sub_1"], seen.GetProperty("listed").EnumerateArray().Select(id => id.GetString()));
    }

    [Fact]
    public async Task It_pages_through_undelivered_events()
    {
        await using var played = await PlayedStripe.Start();
        played.Books.Happen("customer.subscription.created", []);
        played.Books.Happen("charge.refunded", []);
        played.Books.Happen("invoice.paid", []);

        var seen = await Run(played, "events");

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
    public async Task It_takes_errors_for_what_they_are(string what, string name, int? status)
    {
        await using var played = await PlayedStripe.Start(new() { Key = what is "wrongKey" ? "sk_test_other" : PlayedStripe.Key });
        played.Always(what switch
        {
            "limited" => StripeFault.RateLimited(),
            "inUse" => StripeFault.Refused(409, "idempotency_error", "idempotency_key_in_use"),
            "broken" => StripeFault.Broken(),
            "reset" => StripeFault.ResetAfterActing(),
            "half" => StripeFault.HalfBody(),
            "garbled" => StripeFault.HalfJson(),
            _ => null,
        });

        var error = (await Run(played, what is "reusedKey" or "missing" ? what : "customer")).GetProperty("error");

        Assert.Equal(name, Text(error, "name"));
        Assert.Equal(status, error.TryGetProperty("status", out var told) ? told.GetInt32() : null);
    }

    [Fact]
    public async Task It_gets_the_first_answer_after_a_reset()
    {
        await using var played = await PlayedStripe.Start();
        played.Next(StripeFault.ResetAfterActing());

        var seen = await Run(played, "customer", ("RETRIES", "1"));

        Assert.Equal(Text(seen, "id"), Assert.Single(played.Books.Customers).Id);
        Assert.Equal([false, true, true], played.Calls.All.Select(call => call.WasReplayed));
    }

    [Fact]
    public async Task It_takes_the_events_that_are_sent_and_signs_them_the_same()
    {
        const string Secret = "whsec_new";
        await using var played = await PlayedStripe.Start();
        var at = DateTimeOffset.FromUnixTimeSeconds(1_760_000_000);
        var happened = played.Books.Happen("invoice.paid", new JsonObject { ["id"] = "in_1", ["note"] = "żółw 😀" });
        var body = Encoding.UTF8.GetBytes(happened.Body);
        var signature = StripeWebhooks.Sign(body, at, ["whsec_old", Secret]);

        var seen = await Run(played, "webhook", ("PAYLOAD", happened.Body), ("SIGNATURE", signature), ("SECRET", Secret), ("AT", "1760000000"));
        var late = await Run(played, "webhook", ("PAYLOAD", happened.Body), ("SIGNATURE", signature), ("SECRET", Secret), ("AT", "1760000301"));
        var forged = await Run(played, "webhook", ("PAYLOAD", happened.Body), ("SIGNATURE", signature), ("SECRET", "whsec_x"), ("AT", "1760000000"));

        Assert.Equal((happened.Id, "invoice.paid"), (Text(seen, "id"), Text(seen, "type")));
        Assert.Equal(StripeWebhooks.Sign(body, at, [Secret]), Text(seen, "header"));
        Assert.All([late, forged], refused => Assert.Equal("StripeSignatureVerificationError", Text(refused.GetProperty("error"), "name")));
    }

    private static Task<JsonElement> Run(PlayedStripe played, string story, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["STRIPE_API_BASE"] = played.BaseUrl,
            ["STRIPE_SECRET_KEY"] = PlayedStripe.Key,
            ["STRIPE_PRO_PRICE_ID"] = PlayedStripe.Price,
        };
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }

        return Vendors.Run("stripe.mjs", story, environment);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
