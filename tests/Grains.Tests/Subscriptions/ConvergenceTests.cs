using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>What is stored becomes what the provider holds, whatever happens to the news of it.</summary>
public sealed class ConvergenceTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    private readonly Subscriber _user = new(cluster);

    private ScriptedStripe Stripe => cluster.Stripe;

    [Fact]
    public async Task Events_that_come_while_one_is_being_looked_into_are_served_by_one_reading()
    {
        var paid = await _user.Join();
        await _user.UntilSettled();
        var hold = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        Stripe.Before = (call, about) =>
        {
            if (call is not nameof(IPayments.ListSubscriptions) || about != paid.CustomerId)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return hold.Task;
        };
        var lists = Stripe.Lists;
        await _user.Change(paid);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _user.Change(paid with { CancelAtPeriodEnd = true })));
        hold.SetResult();
        await _user.UntilSettled();

        Assert.Equal(2, Stripe.Lists - lists);
        Assert.True((await _user.Grain.GetStatus()).CancelAtPeriodEnd);
    }

    [Fact]
    public async Task A_subscription_whose_customer_is_not_known_tells_whose_it_is()
    {
        var paid = await _user.Move();
        await cluster.Subscriptions.Remind(_user.Id, cluster.Time.GetUtcNow());
        await _user.Grain.Wake();
        await _user.UntilSettled();

        Assert.Equal(paid.CustomerId, (await cluster.Subscriptions.Load(_user.Id, 1)).CustomerId);
        Assert.Equal(0, Stripe.CustomersOf(_user.Id));
    }

    [Fact]
    public async Task The_provider_s_outage_changes_nothing_and_the_work_is_done_afterwards()
    {
        var paid = await _user.Join();
        var failures = 0;
        var enough = new TaskCompletionSource();
        Stripe.Before = (_, about) =>
        {
            if (about != paid.CustomerId)
            {
                return Task.CompletedTask;
            }

            if (++failures == 5)
            {
                enough.SetResult();
            }

            throw new PaymentsException(PaymentsFault.Unavailable, "as the test wishes");
        };
        await _user.Change(paid with { Status = PaidStatus.Canceled });
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.True(await _user.IsOwed());
        Assert.Equal(Tier.Pro, (await _user.Grain.GetStatus()).Tier);
        Assert.Equal(Tier.Pro, await _user.TierOfUser());

        Stripe.Before = null;
        await _user.UntilSettled();
        Assert.Equal(Tier.Basic, await _user.TierOfUser());
    }

    [Fact]
    public async Task A_payment_counts_before_its_checkout_is_closed()
    {
        await _user.Exist();
        var checkout = await _user.OpenCheckout();
        Stripe.Before = (call, about) => call is nameof(IPayments.ExpireCheckout) && about == checkout.CheckoutId
            ? throw new PaymentsException(PaymentsFault.Unavailable, "as the test wishes")
            : Task.CompletedTask;
        var paid = Stripe.Pay(checkout.CheckoutId, cluster.Time.GetUtcNow());
        await _user.Deliver(Stripe.Happen("checkout.session.completed", paid));
        await Until(async () => await _user.TierOfUser() is Tier.Pro);
        Assert.True(await _user.IsOwed());

        Stripe.Before = null;
        await _user.UntilSettled();
    }

    [Fact]
    public async Task Without_a_provider_work_stays_and_is_not_tried_over_and_over()
    {
        var (paid, other) = (await _user.Join(), new Subscriber(cluster));
        var paidByOther = await other.Join();
        await _user.UntilSettled();
        var refused = 0;
        Stripe.Before = (_, about) => about == paid.CustomerId && ++refused > 0
            ? throw new PaymentsException(PaymentsFault.NotConfigured, "as the test wishes")
            : Task.CompletedTask;
        await _user.Change(paid with { Status = PaidStatus.Canceled });
        await Until(() => Task.FromResult(refused > 0));

        // All that is done for another is time enough for a second try.
        for (var i = 0; i < 5; i++)
        {
            await other.Change(paidByOther);
            await other.UntilSettled();
        }

        Assert.Equal(1, refused);
        Assert.True(await _user.IsOwed());

        Stripe.Before = null;
        await _user.Grain.Wake();
        await _user.UntilSettled();
        Assert.Equal(Tier.Basic, await _user.TierOfUser());
    }

    [Fact]
    public async Task A_crash_between_the_change_and_the_end_of_its_event_is_repaired()
    {
        var paid = await _user.Join();
        await _user.UntilSettled();
        cluster.Subscriptions.NotSettling.Add(_user.Id);
        await _user.Change(paid with { Status = PaidStatus.Canceled });
        await Until(async () => (await _user.Grain.GetStatus()).Status == "canceled");
        Assert.True(await _user.IsOwed());
        await cluster.Forget(_user.Grain);
        cluster.Subscriptions.NotSettling.Remove(_user.Id);

        Assert.Contains(_user.Id, await cluster.Subscriptions.UsersWithWork(cluster.Time.GetUtcNow(), Guid.Empty, 1000));
        await _user.Grain.Wake();
        await _user.UntilSettled();
        Assert.Equal(Tier.Basic, await _user.TierOfUser());
    }

    [Fact]
    public async Task A_subscription_that_the_provider_has_lost_keeps_its_last_state()
    {
        var paid = await _user.Join();
        Stripe.Lose(paid);
        await _user.Deliver(Stripe.Happen("customer.subscription.updated", paid));
        await _user.UntilSettled();

        Assert.Equal("active", (await _user.Grain.GetStatus()).Status);
        Assert.Equal(Tier.Pro, await _user.TierOfUser());
    }

    [Fact]
    public async Task A_customer_that_the_provider_does_not_know_is_no_outage_and_what_was_paid_lasts()
    {
        var paid = await _user.Join();
        var happened = Stripe.Happen("customer.subscription.updated", paid);
        Stripe.Disown(paid.CustomerId);
        await _user.Deliver(happened);
        await _user.UntilSettled();

        Assert.Equal("active", (await _user.Grain.GetStatus()).Status);
        Assert.Equal(paid.PeriodEnd, (await _user.Grain.GetStatus()).CurrentPeriodEnd);
        Assert.Equal(Tier.Pro, await _user.TierOfUser());
        Assert.Equal(1, Stripe.CustomersOf(_user.Id));
    }

    [Fact]
    public async Task A_period_that_ends_without_news_lapses_by_the_clock_and_is_then_looked_into()
    {
        await using var own = await RoomCluster.Start();
        var user = new Subscriber(own);
        var paid = await user.Join();
        await user.UntilSettled();

        own.Time.Advance(TimeSpan.FromDays(32));
        Assert.Equal(Tier.Pro, await user.TierOfUser());
        own.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(Tier.Basic, await user.TierOfUser());
        Assert.Equal(Tier.Basic, (await user.Grain.GetStatus()).Tier);

        var renewed = paid with { PeriodStart = paid.PeriodEnd, PeriodEnd = paid.PeriodEnd!.Value.AddDays(30) };
        own.Stripe.Hold(renewed);
        Assert.Contains(user.Id, await own.Subscriptions.UsersWithWork(own.Time.GetUtcNow(), Guid.Empty, 1000));
        await user.Grain.Wake();
        await user.UntilSettled();
        Assert.Equal(Tier.Pro, await user.TierOfUser());
        Assert.Equal(renewed.PeriodEnd, (await user.Grain.GetStatus()).CurrentPeriodEnd);
    }

    [Fact]
    public async Task A_period_that_ends_while_the_provider_is_asked_is_looked_into_again()
    {
        await using var own = await RoomCluster.Start();
        var user = new Subscriber(own);
        var paid = await user.Join();
        await user.UntilSettled();
        var renewed = paid with { PeriodStart = paid.PeriodEnd, PeriodEnd = paid.PeriodEnd!.Value.AddDays(30) };
        own.Stripe.After = (call, about) =>
        {
            if (call is nameof(IPayments.ListSubscriptions) && about == paid.CustomerId && own.Time.GetUtcNow() < paid.PeriodEnd)
            {
                own.Time.Advance(TimeSpan.FromDays(31));
                own.Stripe.Hold(renewed);
            }

            return Task.CompletedTask;
        };

        await user.Change(paid);
        await Until(async () => (await user.Grain.GetStatus()).CurrentPeriodEnd == renewed.PeriodEnd);
    }

    [Fact]
    public async Task An_event_about_nobody_here_has_no_effect()
    {
        var stranger = Stripe.NewSubscription("cus_of_another_shop", Guid.CreateVersion7(), cluster.Time.GetUtcNow());
        var happened = Stripe.Happen("customer.subscription.created", stranger);

        Assert.Equal(IntakeOutcome.Ignored, await cluster.Grains.PaymentInbox().Take(new EventBody(happened)));
        Assert.Equal(IntakeOutcome.Refused, await cluster.Grains.PaymentInbox().Take(new EventBody("no event")));
    }

    [Fact]
    public async Task A_customer_whose_row_was_lost_is_known_again_from_an_event()
    {
        var paid = await _user.Join();
        await cluster.Subscriptions.Forget(_user.Id);
        await cluster.Forget(_user.Grain);
        await _user.Change(paid with { Status = PaidStatus.PastDue });
        await _user.UntilSettled();

        Assert.Equal("past_due", (await _user.Grain.GetStatus()).Status);
        Assert.Equal(_user.Id, await cluster.Subscriptions.FindUser(paid.CustomerId, null));
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }
}
