using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Live;
using GeminiChat.Played;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>Subscribing and managing, over HTTP against the real grains.</summary>
public sealed class SubscribeTests(PaidGateway paid) : IClassFixture<PaidGateway>
{
    private PlayedStripe Stripe => paid.Stripe;

    [Fact]
    public async Task A_checkout_leads_to_Stripe_and_back_to_the_address_that_the_request_came_in_on()
    {
        var payer = await paid.NewPayer();
        var answer = await payer.Click();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var opened = await answer.JsonAsync();
        Assert.Equal(["checkout_url", "session_id"], opened.Names());
        Assert.StartsWith("https://checkout.stripe.com/", opened.Text("checkout_url"), StringComparison.Ordinal);

        var checkout = Stripe.Books.Checkouts.Single(one => one.Id == opened.Text("session_id"));
        Assert.Equal($"{paid.Gateway.Address}?checkout=success&session_id={{CHECKOUT_SESSION_ID}}", checkout.SuccessUrl);
        Assert.Equal((await payer.Status()).Text("user_id"), checkout.Reference);
    }

    [Fact]
    public async Task With_a_public_address_checkouts_lead_back_there()
    {
        await using var gateway = await LiveGateway.StartAsync(
            $"--STRIPE_SECRET_KEY={PlayedStripe.Key}", $"--STRIPE_PRO_PRICE_ID={PlayedStripe.Price}",
            "--STRIPE_WEBHOOK_SECRET=whsec_a", $"--STRIPE_API_BASE={Stripe.BaseUrl}", "--PUBLIC_URL=https://chat.example.org");
        var person = await gateway.NewPerson().SignIn();
        var opened = await (await person.Send(HttpMethod.Post, "/payments/subscribe/pro")).JsonAsync();

        var checkout = Stripe.Books.Checkouts.Single(one => one.Id == opened.Text("session_id"));
        Assert.StartsWith("https://chat.example.org/?checkout=success", checkout.SuccessUrl, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_of_who_never_subscribed_is_none()
    {
        var status = await (await paid.NewPayer()).Status();
        Assert.Equal(["user_id", "subscription", "status", "current_period_end", "cancel_at_period_end"], status.Names());
        Assert.Equal(("Basic", "none"), (status.Text("subscription"), status.Text("status")));
        Assert.Equal(JsonValueKind.Null, status.GetProperty("current_period_end").ValueKind);
        Assert.False(status.GetProperty("cancel_at_period_end").GetBoolean());
    }

    [Fact]
    public async Task Ten_parallel_clicks_get_one_checkout()
    {
        var payer = await paid.NewPayer();
        var before = (Stripe.Books.Customers.Count, Stripe.Books.Checkouts.Count);
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => payer.OpenCheckout()));
        Assert.Single(ids.Distinct());
        Assert.Equal((before.Item1 + 1, before.Item2 + 1), (Stripe.Books.Customers.Count, Stripe.Books.Checkouts.Count));
    }

    [Fact]
    public async Task Who_is_Pro_is_sent_to_the_portal()
    {
        var payer = await paid.NewPayer();
        await payer.Join();
        var refused = await payer.Click();
        await refused.ProblemAsync(HttpStatusCode.Conflict);
        var portal = (await (await payer.Click()).JsonAsync()).Text("portal_url");
        Assert.StartsWith("https://billing.stripe.com/", portal, StringComparison.Ordinal);

        var opened = await payer.Person.Send(HttpMethod.Post, "/payments/portal");
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        Assert.StartsWith("https://billing.stripe.com/", (await opened.JsonAsync()).Text("portal_url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_never_subscribed_has_nothing_to_manage()
    {
        var payer = await paid.NewPayer();
        var refused = await payer.Person.Send(HttpMethod.Post, "/payments/portal");
        Assert.Contains("/payments/subscribe/pro", await refused.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coming_back_from_a_paid_checkout_makes_Pro_before_any_event()
    {
        var payer = await paid.NewPayer();
        var checkout = await payer.OpenCheckout();
        Stripe.Books.Complete(checkout);
        Assert.Equal("Pro", (await payer.Status($"?session_id={checkout}")).Text("subscription"));
        Assert.Equal("Pro", await payer.Tier());
    }

    [Fact]
    public async Task Coming_back_with_the_checkout_of_somebody_else_makes_nobody_Pro()
    {
        var (payer, thief) = (await paid.NewPayer(), await paid.NewPayer());
        var checkout = await payer.OpenCheckout();
        Stripe.Books.Complete(checkout);
        await thief.OpenCheckout();

        var forged = await thief.Status($"?session_id={checkout}");
        Assert.Equal((await thief.Status()).GetRawText(), forged.GetRawText());
        Assert.Equal("Basic", forged.Text("subscription"));
        Assert.Equal("none", (await thief.Status("?session_id=cs_nobody%00'--")).Text("status"));
    }

    [Fact]
    public async Task A_connection_that_ends_after_Stripe_acted_leads_to_the_same_checkout()
    {
        await using var own = await PaidGateway.Start();
        var payer = await own.NewPayer();
        var lost = 0;
        own.Stripe.Choose(call => call.Path is "/v1/checkout/sessions" && call.Method is "POST" && Interlocked.Increment(ref lost) <= 3
            ? StripeFault.ResetAfterActing()
            : null);

        await (await payer.Click()).ProblemAsync(HttpStatusCode.ServiceUnavailable);
        var opened = await payer.OpenCheckout();

        Assert.Equal(opened, Assert.Single(own.Stripe.Books.Checkouts).Id);
        Assert.Single(own.Stripe.Calls.Of("POST /v1/checkout/sessions").Select(call => call.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task While_Stripe_is_away_it_is_said_so()
    {
        await using var own = await PaidGateway.Start();
        var payer = await own.NewPayer();
        own.Stripe.Always(StripeFault.Refused(500));
        Assert.Contains("payment provider", await (await payer.Click()).ProblemAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        own.Stripe.Always(null);
        await payer.OpenCheckout();
    }

    [Fact]
    public async Task Without_a_key_payments_are_off_and_say_so()
    {
        await using var gateway = await LiveGateway.StartAsync();
        var person = await gateway.NewPerson().SignIn();
        var click = await person.Send(HttpMethod.Post, "/payments/subscribe/pro");
        Assert.Contains("STRIPE_SECRET_KEY", await click.ProblemAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        using var stripe = gateway.Stranger();
        await (await stripe.PostJsonAsync("/payments/webhook/stripe", "{}")).ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await person.Send(HttpMethod.Get, "/payments/subscription/status")).StatusCode);
    }

    [Theory]
    [InlineData("a:99999", 400)]
    [InlineData("a..b", 400)]
    [InlineData("", 400)]
    [InlineData("xn--", 200)]
    public async Task A_host_that_is_no_address_is_refused(string host, int expected)
    {
        var payer = await paid.NewPayer();
        await payer.OpenCheckout();
        foreach (var path in (string[])["/payments/portal", "/payments/subscribe/pro"])
        {
            using var client = new RawClient(paid.Gateway.Address);
            var answer = await client.SendAsync(
                $"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {payer.Person.Access}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {expected} ", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("POST", "/payments/subscribe/pro")]
    [InlineData("POST", "/payments/portal")]
    [InlineData("GET", "/payments/subscription/status")]
    public async Task Strangers_are_refused(string method, string path)
    {
        using var stranger = paid.Gateway.Stranger();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        await (await stranger.SendAsync(request)).ProblemAsync(HttpStatusCode.Unauthorized);
    }
}
