using GeminiChat.Played;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>What is shown becomes what Stripe holds, in whatever order its events come.</summary>
public sealed class ConvergenceTests(PaidGateway paid) : IClassFixture<PaidGateway>
{
    private PlayedStripe Stripe => paid.Stripe;

    [Fact]
    public async Task Every_order_of_the_events_of_a_start_ends_the_same() =>
        await Task.WhenAll(Orders(4).Select(async order =>
        {
            var payer = await paid.NewPayer();
            var subscription = await payer.Pay();
            Stripe.Books.Update(subscription.Id, old => old);
            var events = payer.EventsOf(subscription);
            Assert.Equal(4, events.Count);
            await payer.Deliver(order.Select(at => events[at]));
            await payer.Until("Pro", "active");
            Assert.Equal(subscription.Items[0].End.ToUnixTimeSeconds(), (await payer.Status()).GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds());
        }));

    [Fact]
    public async Task A_change_that_comes_after_the_end_does_not_bring_it_back()
    {
        var payer = await paid.NewPayer();
        var subscription = await payer.Join();
        var known = payer.EventsOf(subscription).Count;
        Stripe.Books.Update(subscription.Id, old => old with { CancelAtPeriodEnd = true });
        Stripe.Books.Update(subscription.Id, old => old with { Status = "canceled" });
        var events = payer.EventsOf(subscription).Skip(known).ToList();

        await payer.Deliver([events[1]]);
        await payer.Until("Basic", "canceled");
        var reads = payer.Reads(subscription.Customer);
        await payer.Deliver([events[0]]);
        await payer.UntilRead(subscription.Customer, reads + 1);
        Assert.Equal(("Basic", "canceled"), await payer.Standing());
        Assert.Equal("Basic", await payer.Tier());
    }

    [Fact]
    public async Task While_Stripe_fails_the_tier_stays_and_afterwards_all_is_brought_up_to_date()
    {
        await using var own = await PaidGateway.Start();
        var payer = await own.NewPayer();
        var subscription = await payer.Join();
        var known = payer.EventsOf(subscription).Count;
        own.Stripe.Books.Update(subscription.Id, old => old with { Status = "canceled" });
        var reads = payer.Reads(subscription.Customer);
        own.Stripe.Choose(_ => Random.Shared.Next(2) == 0 ? StripeFault.RateLimited() : StripeFault.Refused(500));

        await payer.Deliver(payer.EventsOf(subscription).Skip(known));
        await payer.UntilRead(subscription.Customer, reads + 3);
        Assert.Equal(("Pro", "active"), await payer.Standing());

        own.Stripe.Always(null);
        await payer.Until("Basic", "canceled");
    }

    [Fact]
    public async Task A_subscription_that_is_canceled_for_the_end_of_its_period_is_shown_so_and_can_be_kept()
    {
        var payer = await paid.NewPayer();
        var subscription = await payer.Join();
        var known = payer.EventsOf(subscription).Count;
        Stripe.Books.Update(subscription.Id, old => old with { CancelAtPeriodEnd = true });
        await payer.Deliver(payer.EventsOf(subscription).Skip(known));
        await Until(payer, cancels: true);
        Stripe.Books.Update(subscription.Id, old => old with { CancelAtPeriodEnd = false });
        await payer.Deliver(payer.EventsOf(subscription).Skip(known + 1));
        await Until(payer, cancels: false);
        Assert.Equal("Pro", await payer.Tier());
    }

    [Fact]
    public async Task A_period_that_ends_without_news_ends_Pro_by_the_clock_and_Stripe_is_asked()
    {
        await using var own = await PaidGateway.Start();
        var payer = await own.NewPayer();
        var subscription = await payer.Join();
        var known = payer.EventsOf(subscription).Count;
        var now = own.Gateway.Time.GetUtcNow();
        own.Stripe.Books.Update(subscription.Id, old => old with { Items = [new(now, now.AddDays(1))] });
        await payer.Deliver(payer.EventsOf(subscription).Skip(known));
        await UntilPeriodEnds(payer, now.AddDays(1));
        var reads = payer.Reads(subscription.Customer);

        own.Gateway.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromDays(3) - TimeSpan.FromMinutes(5));
        Assert.Equal(("Pro", "active"), await payer.Standing());
        Assert.Equal("Pro", await payer.Tier());
        own.Gateway.Time.Advance(TimeSpan.FromMinutes(6));
        await payer.Until("Basic", "active");

        // The recovery pass finds that the period is over.
        await payer.UntilRead(subscription.Customer, reads + 1);
    }

    private static async Task Until(Payer payer, bool cancels)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await payer.Status()).GetProperty("cancel_at_period_end").GetBoolean() != cancels)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static async Task UntilPeriodEnds(Payer payer, DateTimeOffset end)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await payer.Status()).GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds() != end.ToUnixTimeSeconds())
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static IEnumerable<int[]> Orders(int count) => count == 0
        ? [[]]
        : Orders(count - 1).SelectMany(order => Enumerable.Range(0, count).Select(at => (int[])[.. order[..at], count - 1, .. order[at..]]));
}
