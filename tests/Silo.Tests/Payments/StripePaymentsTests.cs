using GeminiChat.Grains.Subscriptions;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Payments;

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_period_of_a_subscription_is_read_in_both_API_versions(bool isBeforeBasil)
    {
        await using var pair = await StripeTestHarness.Start(new() { IsBeforeBasil = isBeforeBasil });
        var made = await pair.Subscribe(_user);
        pair.Fake.Account.Update(made.Id, old => old with { Status = "past_due", CancelAtPeriodEnd = true });

        var read = await pair.Payments.ReadSubscription(made.Id, None);
        var listed = Assert.Single(await pair.Payments.ListSubscriptions(made.Customer, None));

        Assert.Equal(
            new(made.Id, made.Customer, _user, ProviderSubscriptionStatus.PastDue, Seconds(made.Items[0].Start), Seconds(made.Items[0].End), CancelAtPeriodEnd: true, Seconds(made.Created), IsPro: true),
            read);
        Assert.Equal(read, listed);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    public async Task A_cancellation_time_within_the_period_is_its_end(int daysLater, bool expected)
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);
        pair.Fake.Account.Update(made.Id, old => old with { CancelAt = old.Items[0].End.AddDays(daysLater) });

        var read = await pair.Payments.ReadSubscription(made.Id, None);

        Assert.Equal(expected, read!.CancelAtPeriodEnd);
        Assert.Equal(Seconds(made.Items[0].End.AddDays(Math.Min(daysLater, 0))), read.PeriodEnd);
    }

    [Fact]
    public async Task The_item_with_the_latest_period_end_gives_the_period()
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);
        var longer = new FakeSubscriptionItem(made.Items[0].Start.AddDays(2), made.Items[0].End.AddDays(2));
        pair.Fake.Account.Update(made.Id, old => old with { Items = [old.Items[0], longer, old.Items[0]] });

        var read = await pair.Payments.ReadSubscription(made.Id, None);

        Assert.Equal((Seconds(longer.Start), Seconds(longer.End)), (read!.PeriodStart, read.PeriodEnd));
    }

    [Fact]
    public async Task Only_items_with_a_Pro_price_decide()
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);
        var pro = made.Items[0] with { Price = StripeTestHarness.OldPrice };
        var other = new FakeSubscriptionItem(pro.Start.AddDays(1), pro.End.AddDays(1)) { Price = "price_other" };
        pair.Fake.Account.Update(made.Id, old => old with { Items = [other, pro, other] });

        var read = await pair.Payments.ReadSubscription(made.Id, None);
        pair.Fake.Account.Update(made.Id, old => old with { Items = [other] });
        var without = await pair.Payments.ReadSubscription(made.Id, None);

        Assert.Equal((true, Seconds(pro.Start), Seconds(pro.End)), (read!.IsPro, read.PeriodStart, read.PeriodEnd));
        Assert.False(without!.IsPro);
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

    [Theory]
    [InlineData("incomplete", ProviderSubscriptionStatus.Incomplete)]
    [InlineData("incomplete_expired", ProviderSubscriptionStatus.IncompleteExpired)]
    [InlineData("trialing", ProviderSubscriptionStatus.Trialing)]
    [InlineData("active", ProviderSubscriptionStatus.Active)]
    [InlineData("past_due", ProviderSubscriptionStatus.PastDue)]
    [InlineData("canceled", ProviderSubscriptionStatus.Canceled)]
    [InlineData("unpaid", ProviderSubscriptionStatus.Unpaid)]
    [InlineData("paused", ProviderSubscriptionStatus.Paused)]
    [InlineData("on_the_moon", ProviderSubscriptionStatus.Unknown)]
    public async Task Every_subscription_status_is_mapped_or_unknown(string status, ProviderSubscriptionStatus expected)
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.Account.Add(new("sub_1", TimeProvider.System.GetUtcNow(), "cus_1") { Status = status });

        var read = await pair.Payments.ReadSubscription("sub_1", None);

        Assert.Equal(expected, read!.Status);
        Assert.Equal((null, null, null), (read.UserId, read.PeriodStart, read.PeriodEnd));
    }

    [Fact]
    public async Task All_subscriptions_of_a_customer_are_listed_newest_first()
    {
        await using var pair = await StripeTestHarness.Start();
        var now = TimeProvider.System.GetUtcNow();
        for (var number = 0; number < 150; number++)
        {
            pair.Fake.Account.Add(new($"sub_{number}", now, "cus_1") { Status = number % 2 == 0 ? "canceled" : "active" });
        }

        pair.Fake.Account.Add(new("sub_other", now, "cus_2"));

        var listed = await pair.Payments.ListSubscriptions("cus_1", None);

        Assert.Equal(Enumerable.Range(0, 150).Reverse().Select(number => $"sub_{number}"), listed.Select(one => one.Id));
        Assert.Equal(2, pair.Fake.Calls.All.Count);
        Assert.Equal([("customer", "cus_1"), ("limit", "100"), ("status", "all")], Fields(pair.Fake.Calls.All[0]));
    }

    [Fact]
    public async Task The_list_of_a_customers_subscriptions_is_bounded()
    {
        await using var pair = await StripeTestHarness.Start();
        for (var number = 0; number < 450; number++)
        {
            pair.Fake.Account.Add(new($"sub_{number}", TimeProvider.System.GetUtcNow(), "cus_1"));
        }

        var listed = await pair.Payments.ListSubscriptions("cus_1", None);

        Assert.Equal((300, "sub_449"), (listed.Length, listed[0].Id));
    }

    [Fact]
    public async Task Cancelling_ends_a_subscription_at_once_and_can_be_repeated()
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);

        await pair.Payments.CancelSubscription(made.Id, None);
        await pair.Payments.CancelSubscription(made.Id, None);
        await pair.Payments.CancelSubscription("sub_none", None);

        Assert.Equal(ProviderSubscriptionStatus.Canceled, (await pair.Payments.ReadSubscription(made.Id, None))!.Status);
        Assert.Null(await pair.Payments.ReadSubscription("sub_none", None));
    }

    private static IEnumerable<(string, string)> Fields(StripeCall call) =>
        call.Form.Fields.Select(field => (field.Key, field.Value)).Order();

    private static DateTimeOffset Seconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
