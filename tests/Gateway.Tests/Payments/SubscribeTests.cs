using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Fakes;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>Subscribing and managing, over HTTP against the real grains.</summary>
public sealed class SubscribeTests(PaymentsGatewayFixture paid, GatewayFixture withoutPayments) : IClassFixture<PaymentsGatewayFixture>, IDisposable
{
    private FakeStripe Stripe => paid.Stripe;

    public void Dispose() => Stripe.SetFault(null);

    [Fact]
    public async Task A_checkout_returns_to_the_host_of_the_request()
    {
        var payer = await paid.NewPayingUser();
        var answer = await payer.RequestCheckout();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var opened = await answer.ReadJsonAsync();
        Assert.Equal(["checkout_url", "session_id"], opened.Names());
        Assert.StartsWith("https://checkout.stripe.com/", opened.Text("checkout_url"), StringComparison.Ordinal);

        var checkout = Stripe.Account.Checkouts.Single(one => one.Id == opened.Text("session_id"));
        Assert.Equal($"{paid.Gateway.Address}?checkout=success&session_id={{CHECKOUT_SESSION_ID}}", checkout.SuccessUrl);
        Assert.Equal((await payer.Status()).Text("user_id"), checkout.Reference);
    }

    [Fact]
    public async Task A_checkout_returns_to_PUBLIC_URL_when_it_is_set()
    {
        await using var gateway = await GatewayFixture.StartWithSiloAsync([
            $"--STRIPE_SECRET_KEY={FakeStripe.Key}", $"--STRIPE_PRO_PRICE_ID={FakeStripe.Price}",
            "--STRIPE_WEBHOOK_SECRET=whsec_a", $"--STRIPE_API_BASE={Stripe.BaseUrl}", "--PUBLIC_URL=https://chat.example.org"]);
        var person = await gateway.NewUser().SignIn();
        var opened = await (await person.Send(HttpMethod.Post, "/payments/subscribe/pro")).ReadJsonAsync();

        var checkout = Stripe.Account.Checkouts.Single(one => one.Id == opened.Text("session_id"));
        Assert.StartsWith("https://chat.example.org/?checkout=success", checkout.SuccessUrl, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_of_a_user_without_subscription_is_none()
    {
        var status = await (await paid.NewPayingUser()).Status();
        Assert.Equal(["user_id", "subscription", "status", "current_period_end", "cancel_at_period_end"], status.Names());
        Assert.Equal(("Basic", "none"), (status.Text("subscription"), status.Text("status")));
        Assert.Equal(JsonValueKind.Null, status.GetProperty("current_period_end").ValueKind);
        Assert.False(status.GetProperty("cancel_at_period_end").GetBoolean());
    }

    [Fact]
    public async Task Ten_parallel_subscribe_requests_get_one_checkout()
    {
        var payer = await paid.NewPayingUser();
        var before = (Stripe.Account.Customers.Count, Stripe.Account.Checkouts.Count);
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => payer.OpenCheckout()));
        Assert.Single(ids.Distinct());
        Assert.Equal((before.Item1 + 1, before.Item2 + 1), (Stripe.Account.Customers.Count, Stripe.Account.Checkouts.Count));
    }

    [Fact]
    public async Task Subscribing_while_Pro_is_a_conflict_with_a_portal_url()
    {
        var payer = await paid.NewPayingUser();
        await payer.BecomePro();
        var refused = await payer.RequestCheckout();
        await refused.ReadProblemAsync(HttpStatusCode.Conflict);
        var portal = (await (await payer.RequestCheckout()).ReadJsonAsync()).Text("portal_url");
        Assert.StartsWith("https://billing.stripe.com/", portal, StringComparison.Ordinal);

        var opened = await payer.Person.Send(HttpMethod.Post, "/payments/portal");
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        Assert.StartsWith("https://billing.stripe.com/", (await opened.ReadJsonAsync()).Text("portal_url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_portal_is_refused_to_a_user_without_subscription()
    {
        var payer = await paid.NewPayingUser();
        var refused = await payer.Person.Send(HttpMethod.Post, "/payments/portal");
        Assert.Contains("/payments/subscribe/pro", await refused.ReadProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Returning_from_a_paid_checkout_gives_Pro_before_any_event()
    {
        var payer = await paid.NewPayingUser();
        var checkout = await payer.OpenCheckout();
        Stripe.Account.CompleteCheckout(checkout);
        Assert.Equal("Pro", (await payer.Status($"?session_id={checkout}")).Text("subscription"));
        Assert.Equal("Pro", await payer.Tier());
    }

    [Fact]
    public async Task The_checkout_id_of_another_user_gives_nobody_Pro()
    {
        var (payer, thief) = (await paid.NewPayingUser(), await paid.NewPayingUser());
        var checkout = await payer.OpenCheckout();
        Stripe.Account.CompleteCheckout(checkout);
        await thief.OpenCheckout();

        var forged = await thief.Status($"?session_id={checkout}");
        Assert.Equal((await thief.Status()).GetRawText(), forged.GetRawText());
        Assert.Equal("Basic", forged.Text("subscription"));
        Assert.Equal("none", (await thief.Status("?session_id=cs_nobody%00'--")).Text("status"));
    }

    [Fact]
    public async Task A_checkout_request_repeated_after_a_lost_response_returns_the_same_checkout()
    {
        var payer = await paid.NewPayingUser();
        var (lost, checkouts) = (0, Stripe.Account.Checkouts.Count);
        var calls = Stripe.Calls.Of("POST /v1/checkout/sessions").Count;
        Stripe.SetFaultSelector(call => call.Path is "/v1/checkout/sessions" && call.Method is "POST" && Interlocked.Increment(ref lost) <= 3
            ? StripeFault.ResetAfterEffect()
            : null);

        await (await payer.RequestCheckout()).ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
        var opened = await payer.OpenCheckout();

        Assert.Equal(opened, Assert.Single(Stripe.Account.Checkouts.Skip(checkouts)).Id);
        Assert.Single(Stripe.Calls.Of("POST /v1/checkout/sessions").Skip(calls).Select(call => call.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task A_Stripe_outage_is_answered_with_503()
    {
        var payer = await paid.NewPayingUser();
        Stripe.SetFault(StripeFault.ErrorWithoutEffect(500));
        Assert.Contains("payment provider", await (await payer.RequestCheckout()).ReadProblemAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        Stripe.SetFault(null);
        await payer.OpenCheckout();
    }

    [Fact]
    public async Task Without_a_key_payments_answer_that_they_are_off()
    {
        var person = await withoutPayments.NewUser().SignIn();
        var click = await person.Send(HttpMethod.Post, "/payments/subscribe/pro");
        Assert.Contains("STRIPE_SECRET_KEY", await click.ReadProblemAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        using var stripe = withoutPayments.CreateAnonymousClient();
        await (await stripe.PostJsonAsync("/payments/webhook/stripe", "{}")).ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await person.Send(HttpMethod.Get, "/payments/subscription/status")).StatusCode);
    }

    [Theory]
    [InlineData("a:99999", 400)]
    [InlineData("a..b", 400)]
    [InlineData("", 400)]
    [InlineData("xn--", 200)]
    public async Task A_malformed_Host_header_is_refused(string host, int expected)
    {
        var payer = await paid.NewPayingUser();
        await payer.OpenCheckout();
        foreach (var path in (string[])["/payments/portal", "/payments/subscribe/pro"])
        {
            using var client = new RawHttpClient(paid.Gateway.Address);
            var answer = await client.SendAsync(
                $"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {payer.Person.Token}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {expected} ", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("POST", "/payments/subscribe/pro")]
    [InlineData("POST", "/payments/portal")]
    [InlineData("GET", "/payments/subscription/status")]
    public async Task Anonymous_clients_are_refused(string method, string path)
    {
        using var stranger = paid.Gateway.CreateAnonymousClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        await (await stranger.SendAsync(request)).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }
}
