using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>Customers that Stripe does not know any more: deleted there, or of another account.</summary>
public sealed class MissingCustomerTests(PaymentsGatewayFixture paid) : IClassFixture<PaymentsGatewayFixture>, IDisposable
{
    private FakeStripeAccount Books => paid.Stripe.Account;

    public void Dispose() => paid.Stripe.SetFault(null);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Subscribing_replaces_a_customer_that_is_missing_at_Stripe(bool isOfAnotherAccount)
    {
        var payer = await paid.NewPayingUser();
        var lost = CustomerOf(await payer.OpenCheckout());
        RemoveCustomer(lost, isOfAnotherAccount);

        var checkout = await payer.OpenCheckout();

        Assert.NotEqual(lost, CustomerOf(checkout));
        Assert.Equal(checkout, await payer.OpenCheckout());
        Books.CompleteCheckout(checkout);
        Assert.Equal("Pro", (await payer.Status($"?session_id={checkout}")).Text("subscription"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Opening_the_portal_replaces_a_customer_that_is_missing_at_Stripe(bool isOfAnotherAccount)
    {
        var payer = await paid.NewPayingUser();
        var lost = CustomerOf(await payer.OpenCheckout());
        RemoveCustomer(lost, isOfAnotherAccount);

        var opened = await payer.Person.Send(HttpMethod.Post, "/payments/portal");

        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        Assert.StartsWith("https://billing.stripe.com/", (await opened.ReadJsonAsync()).Text("portal_url"), StringComparison.Ordinal);
        var known = paid.Stripe.Calls.Of("POST /v1/billing_portal/sessions")[^1].Form["customer"]!;
        Assert.NotEqual(lost, known);
        Assert.Equal(known, CustomerOf(await payer.OpenCheckout()));
    }

    [Fact]
    public async Task A_Pro_user_whose_customer_is_missing_becomes_Basic_and_can_subscribe_again()
    {
        var payer = await paid.NewPayingUser();
        var subscription = await payer.BecomePro();
        Books.Delete(subscription.Customer);
        await payer.Deliver([payer.EventsOf(subscription)[^1]]);
        await payer.WaitForStatus("Basic", "canceled");

        Assert.NotEqual(subscription.Customer, CustomerOf(await payer.OpenCheckout()));
    }

    [Theory]
    [InlineData("/v1/customers")]
    [InlineData("/v1/checkout/sessions")]
    public async Task A_failure_that_Stripe_replays_is_retried_with_a_new_idempotency_key(string path)
    {
        var payer = await paid.NewPayingUser();
        var (failed, before) = (0, paid.Stripe.Calls.Of($"POST {path}").Count);
        paid.Stripe.SetFaultSelector(call => call.Path == path && call.Method is "POST" && Interlocked.Exchange(ref failed, 1) == 0 ? StripeFault.ErrorAfterEffect() : null);

        await payer.OpenCheckout();

        var calls = paid.Stripe.Calls.Of($"POST {path}").Skip(before).ToList();
        Assert.Equal(2, calls.Select(call => call.IdempotencyKey).Distinct().Count());
        Assert.Contains(calls, call => call.WasReplayed);
    }

    [Theory]
    [InlineData(400, "invalid_request_error", null)]
    [InlineData(400, "invalid_request_error", "resource_missing")]
    [InlineData(401, "invalid_request_error", null)]
    [InlineData(403, "invalid_request_error", null)]
    public async Task A_request_that_Stripe_refuses_is_a_500_and_not_a_503(int status, string type, string? code)
    {
        var payer = await paid.NewPayingUser();
        await payer.OpenCheckout();
        paid.Stripe.SetFault(StripeFault.ErrorWithoutEffect(status, type, code, code is null ? null : "line_items[0][price]"));
        foreach (var answer in (HttpResponseMessage[])[await payer.RequestCheckout(), await payer.Person.Send(HttpMethod.Post, "/payments/portal")])
        {
            Assert.Null(answer.Headers.RetryAfter);
            var detail = await answer.ReadProblemAsync(HttpStatusCode.InternalServerError);
            Assert.Contains("refuses this server's request", detail, StringComparison.Ordinal);
        }
    }

    private void RemoveCustomer(string customer, bool isOfAnotherAccount)
    {
        if (isOfAnotherAccount)
        {
            Books.RemoveCustomer(customer);
        }
        else
        {
            Books.Delete(customer);
        }
    }

    private string CustomerOf(string checkout) => Books.Checkouts.Single(one => one.Id == checkout).Customer;
}
