using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>Nobody ever gets two customers or two subscriptions, whatever is clicked, lost or killed.</summary>
public sealed class CheckoutTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    private readonly Subscriber _user = new(cluster);

    private ScriptedStripe Stripe => cluster.Stripe;

    [Fact]
    public async Task Ten_parallel_clicks_open_one_checkout_for_one_customer()
    {
        var calls = 0;
        Stripe.Before = (call, about) =>
        {
            if (call is nameof(IPayments.CreateCheckout) && about == $"{_user.Id:D}")
            {
                Interlocked.Increment(ref calls);
            }

            return Task.CompletedTask;
        };
        var opened = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _user.OpenCheckout()));

        Assert.Single(opened.Distinct());
        Assert.Equal(1, calls);
        Assert.Single(Stripe.CheckoutsOf(_user.Id));
        Assert.Equal(1, Stripe.CustomersOf(_user.Id));
    }

    [Fact]
    public async Task An_open_checkout_is_given_again_also_after_a_restart()
    {
        var first = await _user.OpenCheckout();
        Assert.Equal(first, await _user.OpenCheckout());
        await cluster.Forget(_user.Grain);
        Assert.Equal(first, await _user.OpenCheckout());
    }

    [Fact]
    public async Task After_one_that_has_expired_another_is_opened()
    {
        var first = await _user.OpenCheckout();
        await Stripe.ExpireCheckout(first.CheckoutId, CancellationToken.None);
        Assert.NotEqual(first.CheckoutId, (await _user.OpenCheckout()).CheckoutId);
        Assert.Equal(1, Stripe.CustomersOf(_user.Id));
    }

    [Theory]
    [InlineData("CreateCustomer")]
    [InlineData("CreateCheckout")]
    public async Task An_answer_that_was_lost_is_asked_for_again_and_makes_nothing_twice(string call)
    {
        LoseAnswer(call);
        Assert.IsType<CheckoutOutcome.Unavailable>(await _user.Subscribe());
        await _user.OpenCheckout();
        Assert.Equal(1, Stripe.CustomersOf(_user.Id));
        Assert.Single(Stripe.CheckoutsOf(_user.Id));
    }

    [Fact]
    public async Task A_silo_killed_after_the_customer_was_made_leaves_one_customer()
    {
        await using var own = await RoomCluster.Start();
        var user = new Subscriber(own);
        await KillAfter(own, user, nameof(IPayments.CreateCustomer));
        await Eventually(user.OpenCheckout);
        Assert.Equal(1, own.Stripe.CustomersOf(user.Id));
        Assert.Single(own.Stripe.CheckoutsOf(user.Id));
    }

    [Fact]
    public async Task A_silo_killed_after_the_checkout_was_made_leaves_one_checkout()
    {
        await using var own = await RoomCluster.Start();
        var user = new Subscriber(own);
        await KillAfter(own, user, nameof(IPayments.CreateCheckout));
        await Eventually(user.OpenCheckout);
        Assert.Equal(1, own.Stripe.CustomersOf(user.Id));
        Assert.Single(own.Stripe.CheckoutsOf(user.Id));
    }

    [Fact]
    public async Task A_customer_that_could_not_be_stored_is_found_again_unasked()
    {
        cluster.Subscriptions.NotSaving.Add(_user.Id);
        await Assert.ThrowsAnyAsync<Exception>(_user.Subscribe);
        cluster.Subscriptions.NotSaving.Remove(_user.Id);
        await cluster.Forget(_user.Grain);

        // What the recovery pass does.
        Assert.Contains(_user.Id, await cluster.Subscriptions.UsersWithWork(cluster.Time.GetUtcNow(), Guid.Empty, 1000));
        await _user.Grain.Wake();
        await _user.UntilSettled();

        Assert.NotNull((await cluster.Subscriptions.Load(_user.Id, 1)).CustomerId);
        Assert.Equal(1, Stripe.CustomersOf(_user.Id));
    }

    [Theory]
    [InlineData("Active")]
    [InlineData("Trialing")]
    [InlineData("PastDue")]
    [InlineData("Unpaid")]
    [InlineData("Paused")]
    [InlineData("Incomplete")]
    [InlineData("Unknown")]
    public async Task Beside_a_subscription_that_is_not_over_no_other_is_opened(string status)
    {
        var paid = await _user.Join();
        Stripe.Hold(paid with { Status = Enum.Parse<PaidStatus>(status) });

        // Twenty times, as a user does who does not believe it; nobody has told of the new status yet.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _user.Subscribe()));

        Assert.All(outcomes, outcome => Assert.StartsWith(
            "https://portal.example/", Assert.IsType<CheckoutOutcome.AlreadySubscribed>(outcome).PortalUrl, StringComparison.Ordinal));
        Assert.Single(Stripe.CheckoutsOf(_user.Id));
    }

    [Fact]
    public async Task Beside_a_subscription_whose_customer_is_not_known_yet_no_other_is_opened()
    {
        var paid = await _user.Move();

        Assert.IsType<CheckoutOutcome.AlreadySubscribed>(await _user.Subscribe());
        Assert.Empty(Stripe.CheckoutsOf(_user.Id));
        Assert.Equal(0, Stripe.CustomersOf(_user.Id));
        Assert.Equal(paid.CustomerId, (await cluster.Subscriptions.Load(_user.Id, 1)).CustomerId);
    }

    [Theory]
    [InlineData("Canceled")]
    [InlineData("IncompleteExpired")]
    public async Task After_one_that_is_over_another_can_be_opened(string status)
    {
        var paid = await _user.Join();
        Stripe.Hold(paid with { Status = Enum.Parse<PaidStatus>(status) });
        await _user.OpenCheckout();
        Assert.Equal(2, Stripe.CheckoutsOf(_user.Id).Count);
    }

    [Fact]
    public async Task A_click_after_a_payment_that_nobody_told_of_finds_it()
    {
        await _user.Exist();
        var checkout = await _user.OpenCheckout();
        Stripe.Pay(checkout.CheckoutId, cluster.Time.GetUtcNow());

        Assert.IsType<CheckoutOutcome.AlreadySubscribed>(await _user.Subscribe());
        await _user.UntilSettled();

        Assert.Equal(Tier.Pro, (await _user.Grain.GetStatus()).Tier);
        Assert.Equal(Tier.Pro, await _user.TierOfUser());
    }

    [Fact]
    public async Task A_payment_that_nobody_told_of_is_found_when_the_checkout_has_expired()
    {
        await using var own = await RoomCluster.Start();
        var user = await new Subscriber(own).Exist();
        var checkout = await user.OpenCheckout();
        await user.Grain.Wake();
        own.Stripe.Pay(checkout.CheckoutId, own.Time.GetUtcNow());
        own.Time.Advance(TimeSpan.FromHours(1));

        Assert.Contains(user.Id, await own.Subscriptions.UsersWithWork(own.Time.GetUtcNow(), Guid.Empty, 1000));
        await user.Grain.Wake();
        await user.UntilSettled();

        Assert.Equal(Tier.Pro, await user.TierOfUser());
    }

    [Fact]
    public async Task The_end_of_an_open_checkout_stays_watched_when_there_is_news_of_an_old_subscription()
    {
        var paid = await _user.Join();
        await _user.Change(paid with { Status = PaidStatus.Canceled }, "customer.subscription.deleted");
        await _user.UntilSettled();
        await _user.OpenCheckout();
        await _user.Deliver(Stripe.Happen("customer.subscription.updated", paid));
        await _user.UntilSettled();

        var until = (await cluster.Subscriptions.Load(_user.Id, 1)).CheckAt;
        Assert.Equal(Stripe.CheckoutsOf(_user.Id).Max(checkout => checkout.ExpiresAt), until);
    }

    [Fact]
    public async Task A_checkout_that_is_still_open_closes_when_a_subscription_comes_from_elsewhere()
    {
        await _user.Exist();
        var checkout = await _user.OpenCheckout();
        var customer = (await cluster.Subscriptions.Load(_user.Id, 1)).CustomerId!;
        await _user.Change(Stripe.NewSubscription(customer, _user.Id, cluster.Time.GetUtcNow()), "customer.subscription.created");
        await _user.UntilSettled();

        var closed = await Stripe.ReadCheckout(checkout.CheckoutId, CancellationToken.None);
        Assert.Equal(CheckoutStatus.Expired, closed!.Status);
    }

    [Fact]
    public async Task A_checkout_of_somebody_else_confirms_nothing()
    {
        var other = await new Subscriber(cluster).Exist();
        var checkout = await other.OpenCheckout();
        Stripe.Pay(checkout.CheckoutId, cluster.Time.GetUtcNow());
        await _user.Exist();
        await _user.OpenCheckout();

        Assert.Equal("none", (await _user.Grain.ConfirmCheckout(checkout.CheckoutId)).Status);
        Assert.Equal(Tier.Basic, await _user.TierOfUser());
    }

    [Theory]
    [InlineData("ListSubscriptions")]
    [InlineData("CreatePortal")]
    public async Task However_often_one_asks_at_once_the_provider_is_asked_once(string call)
    {
        var checkout = await _user.OpenCheckout();
        var customer = (await cluster.Subscriptions.Load(_user.Id, 1)).CustomerId;
        var (reached, hold) = (new TaskCompletionSource(), new TaskCompletionSource());
        var calls = 0;
        Stripe.Before = (name, about) =>
        {
            if (name != call || about != customer)
            {
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref calls);
            reached.TrySetResult();
            return hold.Task;
        };
        var first = Ask();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var others = Enumerable.Range(0, 20).Select(_ => Ask()).ToList();

        // By the time that this is answered the others have come.
        await _user.Grain.GetStatus();
        hold.SetResult();
        await Task.WhenAll([first, .. others]);

        // One may have come late.
        Assert.InRange(calls, 1, 2);

        Task Ask() => call is nameof(IPayments.CreatePortal)
            ? _user.Grain.OpenPortal("https://chat.example/")
            : _user.Grain.ConfirmCheckout(checkout.CheckoutId);
    }

    [Fact]
    public async Task A_customer_made_in_place_of_a_lost_one_is_made_once_whatever_fails()
    {
        await _user.OpenCheckout();
        Stripe.Disown((await cluster.Subscriptions.Load(_user.Id, 1)).CustomerId!);
        LoseAnswer(nameof(IPayments.CreateCustomer));
        Assert.IsType<CheckoutOutcome.Unavailable>(await _user.Subscribe());
        await cluster.Forget(_user.Grain);

        await _user.OpenCheckout();
        Assert.Equal(2, Stripe.CustomersOf(_user.Id));
        Assert.DoesNotContain((await cluster.Subscriptions.Load(_user.Id, 1)).CustomerId, Stripe.Gone);
    }

    [Fact]
    public async Task A_user_who_is_deleted_before_the_customer_was_answered_leaves_no_customer()
    {
        await _user.Exist();
        LoseAnswer(nameof(IPayments.CreateCustomer));
        Assert.IsType<CheckoutOutcome.Unavailable>(await _user.Subscribe());
        var before = Stripe.Gone.Count;
        await _user.Grain.End();
        await _user.UntilSettled();

        Assert.Equal(before + 1, Stripe.Gone.Count);
        Assert.Equal(1, Stripe.CustomersOf(_user.Id));
        Assert.False((await cluster.Subscriptions.Load(_user.Id, 1)).HasRow);
    }

    [Fact]
    public async Task A_user_who_is_deleted_is_deleted_at_the_provider_also_after_a_crash()
    {
        var paid = await _user.Join();
        var reached = new TaskCompletionSource();
        Stripe.Before = (call, about) =>
        {
            if (call is not nameof(IPayments.DeleteCustomer) || about != paid.CustomerId)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            throw new PaymentsException(PaymentsFault.Unavailable, "as the test wishes");
        };
        await _user.Grain.End();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(paid.CustomerId, (await cluster.Subscriptions.Load(_user.Id, 1)).CustomerId);
        await cluster.Forget(_user.Grain);

        // What the recovery pass does.
        Assert.Contains(_user.Id, await cluster.Subscriptions.UsersWithWork(cluster.Time.GetUtcNow(), Guid.Empty, 1000));
        Stripe.Before = null;
        await _user.Grain.Wake();
        await _user.UntilSettled();
        Assert.Contains(paid.CustomerId, Stripe.Gone);
        Assert.False((await cluster.Subscriptions.Load(_user.Id, 1)).HasRow);
    }

    [Fact]
    public async Task A_user_who_is_deleted_leaves_nothing_that_lives_and_begins_nothing()
    {
        var paid = await _user.Join();
        await _user.Grain.End();
        await _user.Grain.End();
        await _user.UntilSettled();

        Assert.All(Stripe.SubscriptionsOf(_user.Id), one => Assert.Equal(PaidStatus.Canceled, one.Status));
        Assert.IsType<CheckoutOutcome.UserAbsent>(await _user.Subscribe());
        Assert.False((await cluster.Subscriptions.Load(_user.Id, 1)).HasRow);
        Assert.Null(await cluster.Subscriptions.FindUser(paid.CustomerId, userId: null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_user_who_is_deleted_before_the_customer_is_known_does_not_pay_for_ever(bool isLost)
    {
        var paid = await _user.Move();
        if (isLost)
        {
            Stripe.Lose(paid);
        }

        await _user.Grain.End();
        await _user.UntilSettled();

        Assert.All(Stripe.SubscriptionsOf(_user.Id), one => Assert.Equal(PaidStatus.Canceled, one.Status));
        Assert.False((await cluster.Subscriptions.Load(_user.Id, 1)).HasRow);
    }

    [Fact]
    public async Task A_user_who_is_deleted_with_a_checkout_open_cannot_pay_any_more()
    {
        var checkout = await _user.OpenCheckout();
        Stripe.Before = (call, _) => call is nameof(IPayments.ExpireCheckout)
            ? throw new PaymentsException(PaymentsFault.Unavailable, "as the test wishes")
            : Task.CompletedTask;
        await _user.Grain.End();
        Stripe.Before = null;
        await _user.UntilSettled();

        Assert.Equal(CheckoutStatus.Expired, (await Stripe.ReadCheckout(checkout.CheckoutId, CancellationToken.None))!.Status);
    }

    private void LoseAnswer(string call)
    {
        Stripe.After = (name, about) =>
        {
            if (name != call || about != $"{_user.Id:D}")
            {
                return Task.CompletedTask;
            }

            Stripe.After = null;
            throw new PaymentsException(PaymentsFault.Unavailable, "as the test wishes");
        };
    }

    private static async Task KillAfter(RoomCluster own, Subscriber user, string call)
    {
        var reached = new TaskCompletionSource();
        own.Stripe.After = (name, _) =>
        {
            if (name == call && reached.TrySetResult())
            {
                return Task.Delay(Timeout.Infinite);
            }

            return Task.CompletedTask;
        };
        var click = user.Subscribe();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await own.KillSiloOf(user.Grain);
        _ = click.ContinueWith(static lost => lost.Exception, TaskScheduler.Default);
    }

    private static async Task Eventually(Func<Task> attempt)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                await attempt();
                return;
            }
            catch (Exception) when (!deadline.IsCancellationRequested)
            {
                await pause.WaitForNextTickAsync(deadline.Token);
            }
        }
    }
}
