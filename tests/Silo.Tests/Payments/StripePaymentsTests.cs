using GeminiChat.Grains.Subscriptions;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Payments;

/// <summary>Customers, checkouts, invoices and the portal at Stripe.</summary>
public sealed class StripePaymentsTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly Guid _user = Guid.CreateVersion7();

    [Fact]
    public async Task A_customer_has_the_user_id_in_its_metadata()
    {
        await using var pair = await StripeTestHarness.Start();

        var id = await pair.Payments.CreateCustomer(_user, "k1", None);

        var call = Assert.Single(pair.Fake.Calls.Of("POST /v1/customers"));
        Assert.Equal([("metadata[user_id]", $"{_user:D}")], Fields(call));
        Assert.Equal("k1", call.IdempotencyKey);
        Assert.Equal($"Bearer {FakeStripe.Key}", call.Headers["Authorization"]);
        Assert.False(call.Headers.ContainsKey("X-Stripe-Client-Telemetry"));
        Assert.Equal(id, Assert.Single(pair.Fake.Account.Customers).Id);
    }

    [Fact]
    public async Task A_checkout_sells_one_Pro_subscription_and_has_the_user_id_on_every_object()
    {
        await using var pair = await StripeTestHarness.Start();
        var customer = await pair.Payments.CreateCustomer(_user, "k1", None);
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).AddMinutes(31);
        var wanted = new NewCheckoutSession(
            _user, customer, "https://a.test/ok?id={CHECKOUT_SESSION_ID}&x=1", "https://a.test/no", expiresAt);

        var checkout = await pair.Payments.CreateCheckout(wanted, "k2", None);

        var call = Assert.Single(pair.Fake.Calls.Of("POST /v1/checkout/sessions"));
        (string, string)[] expected =
        [
            ("cancel_url", "https://a.test/no"),
            ("client_reference_id", $"{_user:D}"),
            ("customer", customer),
            ("expires_at", $"{expiresAt.ToUnixTimeSeconds()}"),
            ("line_items[0][price]", FakeStripe.Price),
            ("line_items[0][quantity]", "1"),
            ("metadata[user_id]", $"{_user:D}"),
            ("mode", "subscription"),
            ("subscription_data[metadata][user_id]", $"{_user:D}"),
            ("success_url", "https://a.test/ok?id={CHECKOUT_SESSION_ID}&x=1"),
        ];
        Assert.Equal(expected, Fields(call));
        Assert.Equal("k2", call.IdempotencyKey);
        var url = $"https://checkout.stripe.com/c/pay/{checkout.Id}";
        Assert.Equal(new(checkout.Id, CheckoutStatus.Open, url, _user, customer, SubscriptionId: null, expiresAt), checkout);
    }

    [Fact]
    public async Task A_checkout_is_read_in_every_status()
    {
        await using var pair = await StripeTestHarness.Start();
        var open = await pair.Open(_user);
        var subscription = pair.Fake.Account.CompleteCheckout(open.Id);

        var checkout = await pair.Payments.ReadCheckout(open.Id, None);

        Assert.Equal(open with { Status = CheckoutStatus.Complete, Url = null, SubscriptionId = subscription.Id }, checkout);
        Assert.Null(await pair.Payments.ReadCheckout("cs_none", None));
    }

    [Fact]
    public async Task Expiring_closes_an_open_checkout_and_changes_no_other()
    {
        await using var pair = await StripeTestHarness.Start();
        var open = await pair.Open(_user);
        var paid = await pair.Open(Guid.CreateVersion7());
        pair.Fake.Account.CompleteCheckout(paid.Id);

        await pair.Payments.ExpireCheckout(open.Id, None);
        await pair.Payments.ExpireCheckout(open.Id, None);
        await pair.Payments.ExpireCheckout(paid.Id, None);
        await pair.Payments.ExpireCheckout("cs_none", None);

        Assert.Equal(["expired", "complete"], pair.Fake.Account.Checkouts.Select(checkout => checkout.Status));
    }

    [Fact]
    public async Task A_refused_expiry_of_an_open_checkout_is_reported()
    {
        await using var pair = await StripeTestHarness.Start();
        var open = await pair.Open(_user);
        pair.Fake.SetFaultSelector(call => call.Method is "POST" ? StripeFault.ErrorWithoutEffect(400) : null);

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(() => pair.Payments.ExpireCheckout(open.Id, None));

        Assert.Equal(PaymentProviderFault.Refused, failed.Fault);
    }

    [Fact]
    public async Task A_checkout_paid_just_before_its_expiry_is_kept()
    {
        await using var pair = await StripeTestHarness.Start();
        var open = await pair.Open(_user);
        pair.Fake.SetFaultSelector(call =>
        {
            if (call.Method is "POST")
            {
                pair.Fake.Account.CompleteCheckout(open.Id);
            }

            return null;
        });

        await pair.Payments.ExpireCheckout(open.Id, None);

        Assert.Equal("complete", Assert.Single(pair.Fake.Account.Checkouts).Status);
    }

    [Fact]
    public async Task A_completed_checkout_is_only_read()
    {
        await using var pair = await StripeTestHarness.Start();
        var open = await pair.Open(_user);
        pair.Fake.Account.CompleteCheckout(open.Id);
        var before = pair.Fake.Calls.All.Count;

        await pair.Payments.ExpireCheckout(open.Id, None);

        Assert.Equal("GET", Assert.Single(pair.Fake.Calls.All.Skip(before)).Method);
    }

    [Fact]
    public async Task The_portal_is_opened_for_a_customer()
    {
        await using var pair = await StripeTestHarness.Start();
        var customer = await pair.Payments.CreateCustomer(_user, "k1", None);

        var url = await pair.Payments.CreatePortal(customer, new Uri("https://a.test/account?x=ż"), None);

        var call = Assert.Single(pair.Fake.Calls.Of("POST /v1/billing_portal/sessions"));
        Assert.Equal([("customer", customer), ("return_url", "https://a.test/account?x=%C5%BC")], Fields(call));
        Assert.StartsWith("https://billing.stripe.com/", url.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unpaid_invoice_has_a_payment_page()
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);
        Assert.Null(await pair.Payments.ReadUnpaidInvoice(made.Id, None));

        pair.Fake.Account.Update(made.Id, old => old with { Status = "incomplete", Invoice = new("in_1", "open") });

        Assert.Equal(new("in_1", "https://invoice.stripe.com/i/in_1"), await pair.Payments.ReadUnpaidInvoice(made.Id, None));
        Assert.Null(await pair.Payments.ReadUnpaidInvoice("sub_none", None));
    }

    [Fact]
    public async Task Deleting_a_customer_ends_its_subscriptions_and_can_be_repeated()
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);

        await pair.Payments.DeleteCustomer(made.Customer, None);
        await pair.Payments.DeleteCustomer(made.Customer, None);
        await pair.Payments.DeleteCustomer("cus_none", None);

        Assert.True(Assert.Single(pair.Fake.Account.Customers).IsDeleted);
        Assert.Equal(ProviderSubscriptionStatus.Canceled, (await pair.Payments.ReadSubscription(made.Id, None))!.Status);
    }

    private static IEnumerable<(string, string)> Fields(StripeCall call) =>
        call.Form.Fields.Select(field => (field.Key, field.Value)).Order();
}
