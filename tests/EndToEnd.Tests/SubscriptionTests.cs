using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Whoever has paid is Pro, whatever happens to the process.</summary>
[Collection<SharedPaymentsGateway>]
public sealed class SubscriptionTests(KilledPaymentsGateway killed) : GatewayTests(killed)
{
    private FakeStripeAccount Account => killed.Stripe.Account;

    [Fact]
    public async Task Subscription_changes_during_a_downtime_are_applied_after_the_start()
    {
        // Nobody asks, and Stripe has given up: the service itself looks for what it missed.
        var user = killed.PaidDuringDowntime;
        await WaitUntilPro(user);
        var shown = await user.Get("/payments/subscription/status");
        Assert.Equal(
            killed.SubscriptionDuringDowntime.Items[0].End.ToUnixTimeSeconds(),
            shown.GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task An_acknowledged_event_survives_kill_9()
    {
        await WaitUntilPro(killed.PaidBeforeCrash);
        await CustomerOf(killed.PaidBeforeCrash);
    }

    [Fact]
    public async Task A_process_killed_during_a_checkout_leaves_one_customer_and_one_checkout()
    {
        var user = killed.InCheckout;
        var opened = await KilledPaymentsGateway.OpenCheckout(user);
        var customer = await CustomerOf(user);
        Assert.Equal(opened, Assert.Single(Account.Checkouts, checkout => checkout.Customer == customer.Id).Id);
    }

    /// <summary>The only customer that a user has at Stripe.</summary>
    private async Task<FakeCustomer> CustomerOf(ChatUser user)
    {
        var id = (await user.Get("/user/me")).GetProperty("id").GetString()!;
        return Assert.Single(Account.Customers, customer => customer.Metadata.Values.Contains(id));
    }

    private static async Task WaitUntilPro(ChatUser user)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!IsActive(await user.Get("/payments/subscription/status"))
            || (await user.Get("/user/me")).GetProperty("subscription").GetString() != "Pro")
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static bool IsActive(JsonElement shown) =>
        shown.GetProperty("subscription").GetString() == "Pro" && shown.GetProperty("status").GetString() == "active";
}
