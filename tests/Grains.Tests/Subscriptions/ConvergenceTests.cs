using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>What is stored becomes what the provider holds, whatever happens to the news of it.</summary>
public sealed class ConvergenceTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    private readonly SubscribingUser _user = new(cluster);

    private FakePayments Stripe => cluster.Payments;

    [Fact]
    public async Task Events_that_arrive_during_a_read_share_one_further_read()
    {
        var paid = await _user.SubscribeAndPay();
        await _user.WaitUntilSettled();
        var hold = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        Stripe.Before = (call, about) =>
        {
            if (call is not nameof(IPaymentProvider.ListSubscriptions) || about != paid.CustomerId)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return hold.Task;
        };
        var lists = Stripe.ListCalls;
        await _user.ChangeSubscription(paid);
        await reached.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _user.ChangeSubscription(paid with { CancelAtPeriodEnd = true })));
        hold.SetResult();
        await _user.WaitUntilSettled();

        Assert.Equal(2, Stripe.ListCalls - lists);
        Assert.True((await _user.Grain.GetStatus()).CancelAtPeriodEnd);
    }

    [Fact]
    public async Task An_unknown_customer_is_found_by_the_user_id_of_its_subscription()
    {
        var paid = await _user.ImportSubscription();
        await cluster.SubscriptionStoreFaults.ScheduleCheck(_user.Id, cluster.Time.GetUtcNow());
        await _user.Grain.Wake();
        await _user.WaitUntilSettled();

        Assert.Equal(paid.CustomerId, (await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).CustomerId);
        Assert.Equal(0, Stripe.CustomersOf(_user.Id));
    }

    [Fact]
    public async Task During_a_provider_outage_nothing_changes_and_pending_work_is_done_afterwards()
    {
        var paid = await _user.SubscribeAndPay();
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

            throw new PaymentProviderException(PaymentProviderFault.Unavailable, "as the test wishes");
        };
        await _user.ChangeSubscription(paid with { Status = ProviderSubscriptionStatus.Canceled });
        await enough.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);

        Assert.True(await _user.HasPendingWork());
        Assert.Equal(Tier.Pro, (await _user.Grain.GetStatus()).Tier);
        Assert.Equal(Tier.Pro, await _user.TierOfUser());

        Stripe.Before = null;
        await _user.WaitUntilSettled();
        Assert.Equal(Tier.Basic, await _user.TierOfUser());
    }

    [Fact]
    public async Task A_payment_gives_the_tier_before_its_checkout_is_closed()
    {
        await _user.CreateUser();
        var checkout = await _user.OpenCheckout();
        Stripe.Before = (call, about) => call is nameof(IPaymentProvider.ExpireCheckout) && about == checkout.CheckoutId
            ? throw new PaymentProviderException(PaymentProviderFault.Unavailable, "as the test wishes")
            : Task.CompletedTask;
        var paid = Stripe.CompleteCheckout(checkout.CheckoutId, cluster.Time.GetUtcNow());
        await _user.Deliver(Stripe.RaiseEvent("checkout.session.completed", paid));
        await Until(async () => await _user.TierOfUser() is Tier.Pro);
        Assert.True(await _user.HasPendingWork());

        Stripe.Before = null;
        await _user.WaitUntilSettled();
    }

    [Fact]
    public async Task Without_a_provider_work_stays_pending_and_is_not_retried_continuously()
    {
        var (paid, other) = (await _user.SubscribeAndPay(), new SubscribingUser(cluster));
        var paidByOther = await other.SubscribeAndPay();
        await _user.WaitUntilSettled();
        var refused = 0;
        Stripe.Before = (_, about) => about == paid.CustomerId && ++refused > 0
            ? throw new PaymentProviderException(PaymentProviderFault.NotConfigured, "as the test wishes")
            : Task.CompletedTask;
        await _user.ChangeSubscription(paid with { Status = ProviderSubscriptionStatus.Canceled });
        await Until(() => Task.FromResult(refused > 0));

        // All that is done for another is time enough for a second try.
        for (var i = 0; i < 5; i++)
        {
            await other.ChangeSubscription(paidByOther);
            await other.WaitUntilSettled();
        }

        Assert.Equal(1, refused);
        Assert.True(await _user.HasPendingWork());

        Stripe.Before = null;
        await _user.Grain.Wake();
        await _user.WaitUntilSettled();
        Assert.Equal(Tier.Basic, await _user.TierOfUser());
    }

    [Fact]
    public async Task A_crash_between_the_change_and_the_completion_of_its_event_is_repaired()
    {
        var paid = await _user.SubscribeAndPay();
        await _user.WaitUntilSettled();
        cluster.SubscriptionStoreFaults.FailSettleFor.Add(_user.Id);
        await _user.ChangeSubscription(paid with { Status = ProviderSubscriptionStatus.Canceled });
        await Until(async () => (await _user.Grain.GetStatus()).Status == "canceled");
        Assert.True(await _user.HasPendingWork());
        await cluster.Deactivate(_user.Grain);
        cluster.SubscriptionStoreFaults.FailSettleFor.Remove(_user.Id);

        Assert.Contains(_user.Id, await cluster.SubscriptionStoreFaults.ListUsersWithWork(cluster.Time.GetUtcNow(), Guid.Empty, 1000));
        await _user.Grain.Wake();
        await _user.WaitUntilSettled();
        Assert.Equal(Tier.Basic, await _user.TierOfUser());
    }

    [Fact]
    public async Task A_subscription_that_the_provider_has_lost_keeps_its_last_state()
    {
        var paid = await _user.SubscribeAndPay();
        Stripe.RemoveSubscription(paid);
        await _user.Deliver(Stripe.RaiseEvent("customer.subscription.updated", paid));
        await _user.WaitUntilSettled();

        Assert.Equal("active", (await _user.Grain.GetStatus()).Status);
        Assert.Equal(Tier.Pro, await _user.TierOfUser());
    }

    [Fact]
    public async Task A_customer_missing_at_the_provider_is_not_an_outage_and_the_paid_period_is_kept()
    {
        var paid = await _user.SubscribeAndPay();
        var happened = Stripe.RaiseEvent("customer.subscription.updated", paid);
        Stripe.RemoveCustomer(paid.CustomerId);
        await _user.Deliver(happened);
        await _user.WaitUntilSettled();

        Assert.Equal("active", (await _user.Grain.GetStatus()).Status);
        Assert.Equal(paid.PeriodEnd, (await _user.Grain.GetStatus()).CurrentPeriodEnd);
        Assert.Equal(Tier.Pro, await _user.TierOfUser());
        Assert.Equal(1, Stripe.CustomersOf(_user.Id));
    }

    [Fact]
    public async Task A_period_that_ends_without_an_event_expires_and_is_then_checked()
    {
        await using var own = await GrainTestCluster.Start();
        var user = new SubscribingUser(own);
        var paid = await user.SubscribeAndPay();
        await user.WaitUntilSettled();

        own.Time.Advance(TimeSpan.FromDays(32));
        Assert.Equal(Tier.Pro, await user.TierOfUser());
        own.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(Tier.Basic, await user.TierOfUser());
        Assert.Equal(Tier.Basic, (await user.Grain.GetStatus()).Tier);

        var renewed = paid with { PeriodStart = paid.PeriodEnd, PeriodEnd = paid.PeriodEnd!.Value.AddDays(30) };
        own.Payments.StoreSubscription(renewed);
        Assert.Contains(user.Id, await own.SubscriptionStoreFaults.ListUsersWithWork(own.Time.GetUtcNow(), Guid.Empty, 1000));
        await user.Grain.Wake();
        await user.WaitUntilSettled();
        Assert.Equal(Tier.Pro, await user.TierOfUser());
        Assert.Equal(renewed.PeriodEnd, (await user.Grain.GetStatus()).CurrentPeriodEnd);
    }

    [Fact]
    public async Task A_period_that_ends_during_a_read_is_checked_again()
    {
        await using var own = await GrainTestCluster.Start();
        var user = new SubscribingUser(own);
        var paid = await user.SubscribeAndPay();
        await user.WaitUntilSettled();
        var renewed = paid with { PeriodStart = paid.PeriodEnd, PeriodEnd = paid.PeriodEnd!.Value.AddDays(30) };
        own.Payments.After = (call, about) =>
        {
            if (call is nameof(IPaymentProvider.ListSubscriptions) && about == paid.CustomerId && own.Time.GetUtcNow() < paid.PeriodEnd)
            {
                own.Time.Advance(TimeSpan.FromDays(31));
                own.Payments.StoreSubscription(renewed);
            }

            return Task.CompletedTask;
        };

        await user.ChangeSubscription(paid);
        await Until(async () => (await user.Grain.GetStatus()).CurrentPeriodEnd == renewed.PeriodEnd);
    }

    [Fact]
    public async Task An_event_of_an_unknown_user_has_no_effect()
    {
        var stranger = Stripe.NewSubscription("cus_of_another_shop", Guid.CreateVersion7(), cluster.Time.GetUtcNow());
        var happened = Stripe.RaiseEvent("customer.subscription.created", stranger);

        Assert.Equal(IntakeOutcome.Ignored, await cluster.Grains.PaymentInbox().Receive(new WebhookPayload(happened)));
        Assert.Equal(IntakeOutcome.Refused, await cluster.Grains.PaymentInbox().Receive(new WebhookPayload("no event")));
    }

    [Fact]
    public async Task A_lost_customer_row_is_restored_by_an_event()
    {
        var paid = await _user.SubscribeAndPay();
        await cluster.SubscriptionStoreFaults.RemoveUser(_user.Id);
        await cluster.Deactivate(_user.Grain);
        await _user.ChangeSubscription(paid with { Status = ProviderSubscriptionStatus.PastDue });
        await _user.WaitUntilSettled();

        Assert.Equal("past_due", (await _user.Grain.GetStatus()).Status);
        Assert.Equal(_user.Id, await cluster.SubscriptionStoreFaults.FindUser(paid.CustomerId, null));
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }
}
