using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Live;
using GeminiChat.Played;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>Somebody who is signed in, and may pay.</summary>
internal sealed class Payer(PaidGateway paid, Person person)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public Person Person => person;

    public Task<HttpResponseMessage> Click() => person.Send(HttpMethod.Post, "/payments/subscribe/pro");

    /// <summary>Opens a checkout; gives its id.</summary>
    public async Task<string> OpenCheckout()
    {
        var answer = await Click();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.JsonAsync()).Text("session_id");
    }

    /// <summary>Subscribes and pays; no event has been delivered yet.</summary>
    public async Task<PlayedSubscription> Pay() => paid.Stripe.Books.Complete(await OpenCheckout());

    /// <summary>Subscribes and pays, and is Pro.</summary>
    public async Task<PlayedSubscription> Join()
    {
        var subscription = await Pay();
        await Deliver(EventsOf(subscription));
        await Until("Pro", "active");
        return subscription;
    }

    /// <summary>The events about a subscription, in the order in which they happened.</summary>
    public List<PlayedEvent> EventsOf(PlayedSubscription subscription) =>
        [.. paid.Stripe.Books.Events.Where(happened => happened.Body.Contains(subscription.Id, StringComparison.Ordinal))];

    public async Task Deliver(IEnumerable<PlayedEvent> events)
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
        return await answer.JsonAsync();
    }

    /// <summary>Waits until the subscription is this, to its own grain and to the user's.</summary>
    public async Task Until(string tier, string status)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await Standing() != (tier, status) || await Tier() != tier)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async Task<(string Tier, string Status)> Standing()
    {
        var status = await Status();
        return (status.Text("subscription"), status.Text("status"));
    }

    public async Task<string> Tier() => (await (await person.Send(HttpMethod.Get, "/user/me")).JsonAsync()).Text("subscription");

    /// <summary>Waits until Stripe has been asked for the subscriptions of a customer so often.</summary>
    public async Task UntilRead(string customer, int times)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (Reads(customer) < times)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    public int Reads(string customer) => paid.Stripe.Calls.Of("GET /v1/subscriptions").Count(call => call.Form["customer"] == customer);
}
