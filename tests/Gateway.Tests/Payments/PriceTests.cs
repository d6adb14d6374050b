using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>What is paid for decides, and until when.</summary>
public sealed class PriceTests(PaymentsGatewayFixture paid) : IClassFixture<PaymentsGatewayFixture>
{
    private const string OtherPrice = "price_of_a_mug";

    private FakeStripeAccount Books => paid.Stripe.Account;

    [Theory]
    [InlineData(PaymentsGatewayFixture.OldPrice, "Pro", "active")]
    [InlineData(OtherPrice, "Basic", "none")]
    public async Task Only_a_configured_price_gives_Pro(string price, string tier, string status)
    {
        var payer = await paid.NewPayingUser();
        var checkout = await payer.OpenCheckout();
        Reprice(Books.CompleteCheckout(checkout), price);

        var read = await payer.Status($"?session_id={checkout}");

        Assert.Equal((tier, status), (read.Text("subscription"), read.Text("status")));
        Assert.Equal(tier, await payer.Tier());
    }

    [Fact]
    public async Task A_subscription_to_another_product_does_not_block_a_checkout()
    {
        var payer = await paid.NewPayingUser();
        Reprice(await payer.Pay(), OtherPrice);

        await payer.OpenCheckout();
    }

    [Fact]
    public async Task Changing_to_another_product_ends_Pro()
    {
        var payer = await paid.NewPayingUser();
        var subscription = await payer.BecomePro();
        Reprice(subscription, OtherPrice);
        await payer.Deliver([payer.EventsOf(subscription)[^1]]);

        await payer.WaitForStatus("Basic", "none");
    }

    [Fact]
    public async Task The_period_end_shown_is_that_of_the_Pro_item()
    {
        var payer = await paid.NewPayingUser();
        var checkout = await payer.OpenCheckout();
        var subscription = Books.CompleteCheckout(checkout);
        var other = new FakeSubscriptionItem(subscription.Items[0].Start, subscription.Items[0].End.AddYears(1)) { Price = OtherPrice };
        Books.Update(subscription.Id, old => old with { Items = [other, .. old.Items] });

        var read = await payer.Status($"?session_id={checkout}");

        Assert.Equal(subscription.Items[0].End.ToUnixTimeSeconds(), read.GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_cancellation_within_the_period_is_shown_as_its_end()
    {
        var payer = await paid.NewPayingUser();
        var checkout = await payer.OpenCheckout();
        var subscription = Books.CompleteCheckout(checkout);
        var end = subscription.Items[0].Start.AddDays(2);
        Books.Update(subscription.Id, old => old with { CancelAt = end });

        var read = await payer.Status($"?session_id={checkout}");

        Assert.Equal(end.ToUnixTimeSeconds(), read.GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds());
        Assert.True(read.GetProperty("cancel_at_period_end").GetBoolean());
    }

    [Fact]
    public async Task An_unpaid_first_invoice_is_offered_again()
    {
        var payer = await paid.NewPayingUser();
        var subscription = await payer.Pay();
        Books.Update(subscription.Id, old => old with { Status = "incomplete", Invoice = new("in_open", "open") });

        var click = await payer.RequestCheckout();

        Assert.Equal(HttpStatusCode.OK, click.StatusCode);
        var opened = await click.ReadJsonAsync();
        Assert.Equal(("https://invoice.stripe.com/i/in_open", "in_open"), (opened.Text("checkout_url"), opened.Text("session_id")));
    }

    [Fact]
    public async Task An_unpaid_first_invoice_is_offered_by_the_open_checkout()
    {
        var payer = await paid.NewPayingUser();
        var checkout = await payer.OpenCheckout();
        var customer = Books.Checkouts.Single(one => one.Id == checkout).Customer;
        var now = TimeProvider.System.GetUtcNow();
        Books.Add(new("sub_begun", now, customer) { Status = "incomplete", Items = [new(now, now.AddDays(30))] });

        Assert.Equal(checkout, await payer.OpenCheckout());
        Assert.Equal("incomplete", (await payer.Status($"?session_id={checkout}")).Text("status"));
        Assert.Equal(checkout, await payer.OpenCheckout());
    }

    private void Reprice(FakeSubscription subscription, string price) =>
        Books.Update(subscription.Id, old => old with { Items = [.. old.Items.Select(item => item with { Price = price })] });
}
