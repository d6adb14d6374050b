using GeminiChat.Fakes;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>What is shown becomes what Stripe holds, in whatever order its events come.</summary>
public sealed class ConvergenceTests(PaymentsGatewayFixture paid) : IClassFixture<PaymentsGatewayFixture>
{
    private FakeStripe Stripe => paid.Stripe;

    [Fact]
    public async Task Every_order_of_the_first_subscription_events_gives_the_same_result() =>
        await Task.WhenAll(Permutations(4).Select(async order =>
        {
            var payer = await paid.NewPayingUser();
            var subscription = await payer.Pay();
            Stripe.Account.Update(subscription.Id, old => old);
            var events = payer.EventsOf(subscription);
            Assert.Equal(4, events.Count);
            await payer.Deliver(order.Select(at => events[at]));
            await payer.WaitForStatus("Pro", "active");
            Assert.Equal(subscription.Items[0].End.ToUnixTimeSeconds(), (await payer.Status()).GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds());
        }));

    [Fact]
    public async Task An_update_event_after_the_end_does_not_revive_a_subscription()
    {
        var payer = await paid.NewPayingUser();
        var subscription = await payer.BecomePro();
        var known = payer.EventsOf(subscription).Count;
        Stripe.Account.Update(subscription.Id, old => old with { CancelAtPeriodEnd = true });
        Stripe.Account.Update(subscription.Id, old => old with { Status = "canceled" });
        var events = payer.EventsOf(subscription).Skip(known).ToList();

        await payer.Deliver([events[1]]);
        await payer.WaitForStatus("Basic", "canceled");
        var reads = payer.CountReads(subscription.Customer);
        await payer.Deliver([events[0]]);
        await payer.WaitForReads(subscription.Customer, reads + 1);
        Assert.Equal(("Basic", "canceled"), await payer.GetTierAndStatus());
        Assert.Equal("Basic", await payer.Tier());
    }

    [Fact]
    public async Task While_Stripe_fails_the_tier_is_kept_and_afterwards_it_is_updated()
    {
        await using var own = await PaymentsGatewayFixture.Start();
        var payer = await own.NewPayingUser();
        var subscription = await payer.BecomePro();
        var known = payer.EventsOf(subscription).Count;

        // First the faults: a read for an earlier event may still be on its way.
        own.Stripe.SetFaultSelector(_ => Random.Shared.Next(2) == 0 ? StripeFault.RateLimited() : StripeFault.ErrorWithoutEffect(500));
        own.Stripe.Account.Update(subscription.Id, old => old with { Status = "canceled" });
        var reads = payer.CountReads(subscription.Customer);

        await payer.Deliver(payer.EventsOf(subscription).Skip(known));
        await payer.WaitForReads(subscription.Customer, reads + 3);
        Assert.Equal(("Pro", "active"), await payer.GetTierAndStatus());

        own.Stripe.SetFault(null);
        await payer.WaitForStatus("Basic", "canceled");
    }

    [Fact]
    public async Task A_cancellation_at_period_end_is_shown_and_can_be_undone()
    {
        var payer = await paid.NewPayingUser();
        var subscription = await payer.BecomePro();
        var known = payer.EventsOf(subscription).Count;
        Stripe.Account.Update(subscription.Id, old => old with { CancelAtPeriodEnd = true });
        await payer.Deliver(payer.EventsOf(subscription).Skip(known));
        await WaitUntilCancels(payer, cancels: true);
        Stripe.Account.Update(subscription.Id, old => old with { CancelAtPeriodEnd = false });
        await payer.Deliver(payer.EventsOf(subscription).Skip(known + 1));
        await WaitUntilCancels(payer, cancels: false);
        Assert.Equal("Pro", await payer.Tier());
    }

    [Fact]
    public async Task A_period_that_ends_without_an_event_ends_Pro_and_triggers_a_check_at_Stripe()
    {
        await using var own = await PaymentsGatewayFixture.Start();
        var payer = await own.NewPayingUser();
        var subscription = await payer.BecomePro();
        var known = payer.EventsOf(subscription).Count;
        var now = own.Gateway.Time.GetUtcNow();
        own.Stripe.Account.Update(subscription.Id, old => old with { Items = [new(now, now.AddDays(1))] });
        await payer.Deliver(payer.EventsOf(subscription).Skip(known));
        await UntilPeriodEnds(payer, now.AddDays(1));
        var reads = payer.CountReads(subscription.Customer);

        own.Gateway.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromDays(3) - TimeSpan.FromMinutes(5));
        Assert.Equal(("Pro", "active"), await payer.GetTierAndStatus());
        Assert.Equal("Pro", await payer.Tier());
        own.Gateway.Time.Advance(TimeSpan.FromMinutes(6));
        await payer.WaitForStatus("Basic", "active");

        // The recovery pass finds that the period is over.
        await payer.WaitForReads(subscription.Customer, reads + 1);
    }

    private static async Task WaitUntilCancels(PayingUser payer, bool cancels)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await payer.Status()).GetProperty("cancel_at_period_end").GetBoolean() != cancels)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static async Task UntilPeriodEnds(PayingUser payer, DateTimeOffset end)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await payer.Status()).GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds() != end.ToUnixTimeSeconds())
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static IEnumerable<int[]> Permutations(int count) => count == 0
        ? [[]]
        : Permutations(count - 1).SelectMany(order => Enumerable.Range(0, count).Select(at => (int[])[.. order[..at], count - 1, .. order[at..]]));
}
