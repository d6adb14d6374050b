using System.Net;
using GeminiChat.Played;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>What is paid for decides, and until when.</summary>
public sealed class PriceTests(PaidGateway paid) : IClassFixture<PaidGateway>
{
    private const string OtherPrice = "price_of_a_mug";

    private StripeBooks Books => paid.Stripe.Books;

    [Theory]
    [InlineData(PaidGateway.OldPrice, "Pro", "active")]
    [InlineData(OtherPrice, "Basic", "none")]
    public async Task Only_a_listed_price_makes_Pro(string price, string tier, string status)
    {
        var payer = await paid.NewPayer();
        var checkout = await payer.OpenCheckout();
        Reprice(Books.Complete(checkout), price);

        var read = await payer.Status($"?session_id={checkout}");

        Assert.Equal((tier, status), (read.Text("subscription"), read.Text("status")));
        Assert.Equal(tier, await payer.Tier());
    }

    [Fact]
    public async Task A_subscription_to_something_else_does_not_stand_in_the_way()
    {
        var payer = await paid.NewPayer();
        Reprice(await payer.Pay(), OtherPrice);

        await payer.OpenCheckout();
    }

    [Fact]
    public async Task Who_changes_to_something_else_is_not_Pro_any_more()
    {
        var payer = await paid.NewPayer();
        var subscription = await payer.Join();
        Reprice(subscription, OtherPrice);
        await payer.Deliver([payer.EventsOf(subscription)[^1]]);

        await payer.Until("Basic", "none");
    }

    [Fact]
    public async Task The_end_that_is_shown_is_that_of_Pro_and_not_of_what_else_is_paid()
    {
        var payer = await paid.NewPayer();
        var checkout = await payer.OpenCheckout();
        var subscription = Books.Complete(checkout);
        var other = new PlayedPeriod(subscription.Items[0].Start, subscription.Items[0].End.AddYears(1)) { Price = OtherPrice };
        Books.Update(subscription.Id, old => old with { Items = [other, .. old.Items] });

        var read = await payer.Status($"?session_id={checkout}");

        Assert.Equal(subscription.Items[0].End.ToUnixTimeSeconds(), read.GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task An_end_within_the_period_is_the_end_that_is_shown()
    {
        var payer = await paid.NewPayer();
        var checkout = await payer.OpenCheckout();
        var subscription = Books.Complete(checkout);
        var end = subscription.Items[0].Start.AddDays(2);
        Books.Update(subscription.Id, old => old with { CancelAt = end });

        var read = await payer.Status($"?session_id={checkout}");

        Assert.Equal(end.ToUnixTimeSeconds(), read.GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds());
        Assert.True(read.GetProperty("cancel_at_period_end").GetBoolean());
    }

    [Fact]
    public async Task A_first_payment_that_is_still_to_be_made_is_offered_again()
    {
        var payer = await paid.NewPayer();
        var subscription = await payer.Pay();
        Books.Update(subscription.Id, old => old with { Status = "incomplete", Invoice = new("in_open", "open") });

        var click = await payer.Click();

        Assert.Equal(HttpStatusCode.OK, click.StatusCode);
        var opened = await click.JsonAsync();
        Assert.Equal(("https://invoice.stripe.com/i/in_open", "in_open"), (opened.Text("checkout_url"), opened.Text("session_id")));
    }

    [Fact]
    public async Task A_first_payment_is_offered_again_on_the_checkout_while_that_is_open()
    {
        var payer = await paid.NewPayer();
        var checkout = await payer.OpenCheckout();
        var customer = Books.Checkouts.Single(one => one.Id == checkout).Customer;
        var now = TimeProvider.System.GetUtcNow();
        Books.Add(new("sub_begun", now, customer) { Status = "incomplete", Items = [new(now, now.AddDays(30))] });

        Assert.Equal(checkout, await payer.OpenCheckout());
        Assert.Equal("incomplete", (await payer.Status($"?session_id={checkout}")).Text("status"));
        Assert.Equal(checkout, await payer.OpenCheckout());
    }

    private void Reprice(PlayedSubscription subscription, string price) =>
        Books.Update(subscription.Id, old => old with { Items = [.. old.Items.Select(item => item with { Price = price })] });
}
