using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Fakes;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>Somebody who is signed in, and may pay.</summary>
internal sealed class PayingUser(PaymentsGatewayFixture paid, ApiUser person)
{
    public ApiUser Person => person;

    public Task<HttpResponseMessage> RequestCheckout() => person.Send(HttpMethod.Post, "/payments/subscribe/pro");

    /// <summary>Opens a checkout; gives its id.</summary>
    public async Task<string> OpenCheckout()
    {
        var answer = await RequestCheckout();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.ReadJsonAsync()).Text("session_id");
    }

    /// <summary>Subscribes and pays; no event has been delivered yet.</summary>
    public async Task<FakeSubscription> Pay() => paid.Stripe.Account.CompleteCheckout(await OpenCheckout());

    /// <summary>Subscribes and pays, and is Pro.</summary>
    public async Task<FakeSubscription> BecomePro()
    {
        var subscription = await Pay();
        await Deliver(EventsOf(subscription));
        await WaitForStatus("Pro", "active");
        return subscription;
    }

    /// <summary>The events about a subscription, in the order in which they happened.</summary>
    public List<FakeStripeEvent> EventsOf(FakeSubscription subscription) =>
        [.. paid.Stripe.Account.Events.Where(happened => happened.Body.Contains(subscription.Id, StringComparison.Ordinal))];

    public async Task Deliver(IEnumerable<FakeStripeEvent> events)
    {
        foreach (var happened in events)
        {
            Assert.Equal(HttpStatusCode.OK, await paid.Stripe.Webhooks.Send(happened));
        }
    }

    public async Task<JsonElement> Status(string query = "")
    {
        var answer = await person.Send(HttpMethod.Get, $"/payments/subscription/status{query}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.ReadJsonAsync();
    }

    /// <summary>Waits until the subscription is this, to its own grain and to the user's.</summary>
    public async Task WaitForStatus(string tier, string status)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await GetTierAndStatus() != (tier, status) || await Tier() != tier)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async Task<(string Tier, string Status)> GetTierAndStatus()
    {
        var status = await Status();
        return (status.Text("subscription"), status.Text("status"));
    }

    public async Task<string> Tier() => (await (await person.Send(HttpMethod.Get, "/user/me")).ReadJsonAsync()).Text("subscription");

    /// <summary>Waits until Stripe has been asked for the subscriptions of a customer so often.</summary>
    public async Task WaitForReads(string customer, int times)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (CountReads(customer) < times)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    public int CountReads(string customer) => paid.Stripe.Calls.Of("GET /v1/subscriptions").Count(call => call.Form["customer"] == customer);
}
