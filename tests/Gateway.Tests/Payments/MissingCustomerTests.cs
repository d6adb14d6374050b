using System.Net;
using GeminiChat.Played;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>Customers that Stripe does not know any more: deleted there, or of another account.</summary>
public sealed class MissingCustomerTests(PaidGateway paid) : IClassFixture<PaidGateway>
{
    private StripeBooks Books => paid.Stripe.Books;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Subscribing_goes_on_with_another_customer(bool isOfAnotherAccount)
    {
        var payer = await paid.NewPayer();
        var lost = CustomerOf(await payer.OpenCheckout());
        Lose(lost, isOfAnotherAccount);

        var checkout = await payer.OpenCheckout();

        Assert.NotEqual(lost, CustomerOf(checkout));
        Assert.Equal(checkout, await payer.OpenCheckout());
        Books.Complete(checkout);
        Assert.Equal("Pro", (await payer.Status($"?session_id={checkout}")).Text("subscription"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_portal_opens_for_another_customer(bool isOfAnotherAccount)
    {
        var payer = await paid.NewPayer();
        var lost = CustomerOf(await payer.OpenCheckout());
        Lose(lost, isOfAnotherAccount);

        var opened = await payer.Person.Send(HttpMethod.Post, "/payments/portal");

        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        Assert.StartsWith("https://billing.stripe.com/", (await opened.JsonAsync()).Text("portal_url"), StringComparison.Ordinal);
        var known = paid.Stripe.Calls.Of("POST /v1/billing_portal/sessions")[^1].Form["customer"]!;
        Assert.NotEqual(lost, known);
        Assert.Equal(known, CustomerOf(await payer.OpenCheckout()));
    }

    [Fact]
    public async Task Who_was_Pro_is_Basic_and_can_subscribe_again()
    {
        var payer = await paid.NewPayer();
        var subscription = await payer.Join();
        Books.Delete(subscription.Customer);
        await payer.Deliver([payer.EventsOf(subscription)[^1]]);
        await payer.Until("Basic", "canceled");

        Assert.NotEqual(subscription.Customer, CustomerOf(await payer.OpenCheckout()));
    }

    [Theory]
    [InlineData("/v1/customers")]
    [InlineData("/v1/checkout/sessions")]
    public async Task A_failure_that_Stripe_gives_again_for_a_day_is_met_with_another_key(string path)
    {
        await using var own = await PaidGateway.Start();
        var payer = await own.NewPayer();
        var failed = 0;
        own.Stripe.Choose(call => call.Path == path && Interlocked.Exchange(ref failed, 1) == 0 ? StripeFault.Broken() : null);

        await payer.OpenCheckout();

        var calls = own.Stripe.Calls.Of($"POST {path}");
        Assert.Equal(2, calls.Select(call => call.IdempotencyKey).Distinct().Count());
        Assert.Contains(calls, call => call.WasReplayed);
    }

    [Theory]
    [InlineData(400, "invalid_request_error", null)]
    [InlineData(400, "invalid_request_error", "resource_missing")]
    [InlineData(401, "invalid_request_error", null)]
    [InlineData(403, "invalid_request_error", null)]
    public async Task What_Stripe_refuses_is_not_told_as_an_outage(int status, string type, string? code)
    {
        await using var own = await PaidGateway.Start();
        var payer = await own.NewPayer();
        await payer.OpenCheckout();
        own.Stripe.Always(StripeFault.Refused(status, type, code, code is null ? null : "line_items[0][price]"));
        foreach (var answer in (HttpResponseMessage[])[await payer.Click(), await payer.Person.Send(HttpMethod.Post, "/payments/portal")])
        {
            Assert.Null(answer.Headers.RetryAfter);
            var detail = await answer.ProblemAsync(HttpStatusCode.InternalServerError);
            Assert.Contains("refuses this server's request", detail, StringComparison.Ordinal);
        }
    }

    private void Lose(string customer, bool isOfAnotherAccount)
    {
        if (isOfAnotherAccount)
        {
            Books.Disown(customer);
        }
        else
        {
            Books.Delete(customer);
        }
    }

    private string CustomerOf(string checkout) => Books.Checkouts.Single(one => one.Id == checkout).Customer;
}
