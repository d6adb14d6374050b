using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>Nobody ever gets two customers or two subscriptions, whatever is clicked, lost or killed.</summary>
public sealed class CheckoutTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    private readonly SubscribingUser _user = new(cluster);

    private FakePayments Stripe => cluster.Payments;

    [Fact]
    public async Task Ten_parallel_subscribe_calls_open_one_checkout_for_one_customer()
    {
        var calls = 0;
        Stripe.Before = (call, about) =>
        {
            if (call is nameof(IPaymentProvider.CreateCheckout) && about == $"{_user.Id:D}")
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
    public async Task An_open_checkout_is_returned_again_even_after_a_restart()
    {
        var first = await _user.OpenCheckout();
        Assert.Equal(first, await _user.OpenCheckout());
        await cluster.Deactivate(_user.Grain);
        Assert.Equal(first, await _user.OpenCheckout());
    }

    [Fact]
    public async Task A_new_checkout_is_opened_after_the_former_one_expired()
    {
        var first = await _user.OpenCheckout();
        await Stripe.ExpireCheckout(first.CheckoutId, CancellationToken.None);
        Assert.NotEqual(first.CheckoutId, (await _user.OpenCheckout()).CheckoutId);
        Assert.Equal(1, Stripe.CustomersOf(_user.Id));
    }

    [Theory]
    [InlineData("CreateCustomer")]
    [InlineData("CreateCheckout")]
    public async Task A_provider_call_whose_response_was_lost_is_repeated_without_duplicates(string call)
    {
        LoseResponse(call);
        Assert.IsType<CheckoutOutcome.Unavailable>(await _user.Subscribe());
        await _user.OpenCheckout();
        Assert.Equal(1, Stripe.CustomersOf(_user.Id));
        Assert.Single(Stripe.CheckoutsOf(_user.Id));
    }

    [Fact]
    public async Task A_silo_killed_after_the_customer_was_made_leaves_one_customer()
    {
        await using var own = await GrainTestCluster.Start();
        var user = new SubscribingUser(own);
        await KillAfter(own, user, nameof(IPaymentProvider.CreateCustomer));
        await Eventually(user.OpenCheckout);
        Assert.Equal(1, own.Payments.CustomersOf(user.Id));
        Assert.Single(own.Payments.CheckoutsOf(user.Id));
    }

    [Fact]
    public async Task A_silo_killed_after_the_checkout_was_made_leaves_one_checkout()
    {
        await using var own = await GrainTestCluster.Start();
        var user = new SubscribingUser(own);
        await KillAfter(own, user, nameof(IPaymentProvider.CreateCheckout));
        await Eventually(user.OpenCheckout);
        Assert.Equal(1, own.Payments.CustomersOf(user.Id));
        Assert.Single(own.Payments.CheckoutsOf(user.Id));
    }

    [Fact]
    public async Task A_customer_that_could_not_be_stored_is_found_again_by_recovery()
    {
        cluster.SubscriptionStoreFaults.FailSaveCustomerFor.Add(_user.Id);
        await Assert.ThrowsAnyAsync<Exception>(_user.Subscribe);
        cluster.SubscriptionStoreFaults.FailSaveCustomerFor.Remove(_user.Id);
        await cluster.Deactivate(_user.Grain);

        // What the recovery pass does.
        Assert.Contains(_user.Id, await cluster.SubscriptionStoreFaults.ListUsersWithWork(cluster.Time.GetUtcNow(), Guid.Empty, 1000));
        await _user.Grain.Wake();
        await _user.WaitUntilSettled();

        Assert.NotNull((await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).CustomerId);
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
    public async Task No_checkout_is_opened_while_a_subscription_has_not_ended(string status)
    {
        var paid = await _user.SubscribeAndPay();
        Stripe.StoreSubscription(paid with { Status = Enum.Parse<ProviderSubscriptionStatus>(status) });

        // Twenty times, as a user does who does not believe it; nobody has told of the new status yet.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _user.Subscribe()));

        Assert.All(outcomes, outcome => Assert.StartsWith(
            "https://portal.example/", Assert.IsType<CheckoutOutcome.AlreadySubscribed>(outcome).PortalUrl, StringComparison.Ordinal));
        Assert.Single(Stripe.CheckoutsOf(_user.Id));
    }

    [Fact]
    public async Task No_checkout_is_opened_while_an_imported_subscription_has_no_known_customer()
    {
        var paid = await _user.ImportSubscription();

        Assert.IsType<CheckoutOutcome.AlreadySubscribed>(await _user.Subscribe());
        Assert.Empty(Stripe.CheckoutsOf(_user.Id));
        Assert.Equal(0, Stripe.CustomersOf(_user.Id));
        Assert.Equal(paid.CustomerId, (await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).CustomerId);
    }

    [Theory]
    [InlineData("Canceled")]
    [InlineData("IncompleteExpired")]
    public async Task A_checkout_can_be_opened_after_a_subscription_has_ended(string status)
    {
        var paid = await _user.SubscribeAndPay();
        Stripe.StoreSubscription(paid with { Status = Enum.Parse<ProviderSubscriptionStatus>(status) });
        await _user.OpenCheckout();
        Assert.Equal(2, Stripe.CheckoutsOf(_user.Id).Count);
    }

    [Fact]
    public async Task A_subscribe_call_finds_a_payment_without_an_event()
    {
        await _user.CreateUser();
        var checkout = await _user.OpenCheckout();
        Stripe.CompleteCheckout(checkout.CheckoutId, cluster.Time.GetUtcNow());

        Assert.IsType<CheckoutOutcome.AlreadySubscribed>(await _user.Subscribe());
        await _user.WaitUntilSettled();

        Assert.Equal(Tier.Pro, (await _user.Grain.GetStatus()).Tier);
        Assert.Equal(Tier.Pro, await _user.TierOfUser());
    }

    [Fact]
    public async Task A_payment_without_an_event_is_found_when_the_checkout_has_expired()
    {
        await using var own = await GrainTestCluster.Start();
        var user = await new SubscribingUser(own).CreateUser();
        var checkout = await user.OpenCheckout();
        await user.Grain.Wake();
        own.Payments.CompleteCheckout(checkout.CheckoutId, own.Time.GetUtcNow());
        own.Time.Advance(TimeSpan.FromHours(1));

        Assert.Contains(user.Id, await own.SubscriptionStoreFaults.ListUsersWithWork(own.Time.GetUtcNow(), Guid.Empty, 1000));
        await user.Grain.Wake();
        await user.WaitUntilSettled();

        Assert.Equal(Tier.Pro, await user.TierOfUser());
    }

    [Fact]
    public async Task An_event_of_an_old_subscription_keeps_the_check_of_an_open_checkout_scheduled()
    {
        var paid = await _user.SubscribeAndPay();
        await _user.ChangeSubscription(paid with { Status = ProviderSubscriptionStatus.Canceled }, "customer.subscription.deleted");
        await _user.WaitUntilSettled();
        await _user.OpenCheckout();
        await _user.Deliver(Stripe.RaiseEvent("customer.subscription.updated", paid));
        await _user.WaitUntilSettled();

        var until = (await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).NextCheckAt;
        Assert.Equal(Stripe.CheckoutsOf(_user.Id).Max(checkout => checkout.ExpiresAt), until);
    }

    [Fact]
    public async Task A_checkout_that_is_still_open_closes_when_a_subscription_comes_from_elsewhere()
    {
        await _user.CreateUser();
        var checkout = await _user.OpenCheckout();
        var customer = (await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).CustomerId!;
        await _user.ChangeSubscription(Stripe.NewSubscription(customer, _user.Id, cluster.Time.GetUtcNow()), "customer.subscription.created");
        await _user.WaitUntilSettled();

        var closed = await Stripe.ReadCheckout(checkout.CheckoutId, CancellationToken.None);
        Assert.Equal(CheckoutStatus.Expired, closed!.Status);
    }

    [Fact]
    public async Task The_checkout_of_another_user_confirms_nothing()
    {
        var other = await new SubscribingUser(cluster).CreateUser();
        var checkout = await other.OpenCheckout();
        Stripe.CompleteCheckout(checkout.CheckoutId, cluster.Time.GetUtcNow());
        await _user.CreateUser();
        await _user.OpenCheckout();

        Assert.Equal("none", (await _user.Grain.ConfirmCheckout(checkout.CheckoutId)).Status);
        Assert.Equal(Tier.Basic, await _user.TierOfUser());
    }

    [Theory]
    [InlineData("ListSubscriptions")]
    [InlineData("CreatePortal")]
    public async Task Parallel_calls_share_one_request_to_the_provider(string call)
    {
        var checkout = await _user.OpenCheckout();
        var customer = (await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).CustomerId;
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
        await reached.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        var others = Enumerable.Range(0, 20).Select(_ => Ask()).ToList();

        // By the time that this is answered the others have come.
        await _user.Grain.GetStatus();
        hold.SetResult();
        await Task.WhenAll([first, .. others]);

        // One may have come late.
        Assert.InRange(calls, 1, 2);

        Task Ask() => call is nameof(IPaymentProvider.CreatePortal)
            ? _user.Grain.OpenPortal("https://chat.example/")
            : _user.Grain.ConfirmCheckout(checkout.CheckoutId);
    }

    [Fact]
    public async Task A_missing_customer_is_replaced_once_whatever_fails()
    {
        await _user.OpenCheckout();
        Stripe.RemoveCustomer((await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).CustomerId!);
        LoseResponse(nameof(IPaymentProvider.CreateCustomer));
        Assert.IsType<CheckoutOutcome.Unavailable>(await _user.Subscribe());
        await cluster.Deactivate(_user.Grain);

        await _user.OpenCheckout();
        Assert.Equal(2, Stripe.CustomersOf(_user.Id));
        Assert.DoesNotContain((await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).CustomerId, Stripe.MissingCustomers);
    }

    [Fact]
    public async Task A_user_deleted_during_the_creation_of_the_customer_leaves_no_customer()
    {
        await _user.CreateUser();
        LoseResponse(nameof(IPaymentProvider.CreateCustomer));
        Assert.IsType<CheckoutOutcome.Unavailable>(await _user.Subscribe());
        var before = Stripe.MissingCustomers.Count;
        await _user.Grain.EndForDeletedUser();
        await _user.WaitUntilSettled();

        Assert.Equal(before + 1, Stripe.MissingCustomers.Count);
        Assert.Equal(1, Stripe.CustomersOf(_user.Id));
        Assert.False((await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).HasRow);
    }

    [Fact]
    public async Task A_deleted_user_is_deleted_at_the_provider_even_after_a_crash()
    {
        var paid = await _user.SubscribeAndPay();
        var reached = new TaskCompletionSource();
        Stripe.Before = (call, about) =>
        {
            if (call is not nameof(IPaymentProvider.DeleteCustomer) || about != paid.CustomerId)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            throw new PaymentProviderException(PaymentProviderFault.Unavailable, "as the test wishes");
        };
        await _user.Grain.EndForDeletedUser();
        await reached.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        Assert.Equal(paid.CustomerId, (await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).CustomerId);
        await cluster.Deactivate(_user.Grain);

        // What the recovery pass does.
        Assert.Contains(_user.Id, await cluster.SubscriptionStoreFaults.ListUsersWithWork(cluster.Time.GetUtcNow(), Guid.Empty, 1000));
        Stripe.Before = null;
        await _user.Grain.Wake();
        await _user.WaitUntilSettled();
        Assert.Contains(paid.CustomerId, Stripe.MissingCustomers);
        Assert.False((await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).HasRow);
    }

    [Fact]
    public async Task A_deleted_user_has_no_active_subscription_and_cannot_start_one()
    {
        var paid = await _user.SubscribeAndPay();
        await _user.Grain.EndForDeletedUser();
        await _user.Grain.EndForDeletedUser();
        await _user.WaitUntilSettled();

        Assert.All(Stripe.SubscriptionsOf(_user.Id), one => Assert.Equal(ProviderSubscriptionStatus.Canceled, one.Status));
        Assert.IsType<CheckoutOutcome.UserAbsent>(await _user.Subscribe());
        Assert.False((await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).HasRow);
        Assert.Null(await cluster.SubscriptionStoreFaults.FindUser(paid.CustomerId, userId: null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_subscription_of_a_user_deleted_before_the_customer_is_known_is_cancelled(bool isLost)
    {
        var paid = await _user.ImportSubscription();
        if (isLost)
        {
            Stripe.RemoveSubscription(paid);
        }

        await _user.Grain.EndForDeletedUser();
        await _user.WaitUntilSettled();

        Assert.All(Stripe.SubscriptionsOf(_user.Id), one => Assert.Equal(ProviderSubscriptionStatus.Canceled, one.Status));
        Assert.False((await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).HasRow);
    }

    [Fact]
    public async Task The_open_checkout_of_a_deleted_user_is_expired()
    {
        var checkout = await _user.OpenCheckout();
        Stripe.Before = (call, _) => call is nameof(IPaymentProvider.ExpireCheckout)
            ? throw new PaymentProviderException(PaymentProviderFault.Unavailable, "as the test wishes")
            : Task.CompletedTask;
        await _user.Grain.EndForDeletedUser();
        Stripe.Before = null;
        await _user.WaitUntilSettled();

        Assert.Equal(CheckoutStatus.Expired, (await Stripe.ReadCheckout(checkout.CheckoutId, CancellationToken.None))!.Status);
    }

    private void LoseResponse(string call)
    {
        Stripe.After = (name, about) =>
        {
            if (name != call || about != $"{_user.Id:D}")
            {
                return Task.CompletedTask;
            }

            Stripe.After = null;
            throw new PaymentProviderException(PaymentProviderFault.Unavailable, "as the test wishes");
        };
    }

    private static async Task KillAfter(GrainTestCluster own, SubscribingUser user, string call)
    {
        var reached = new TaskCompletionSource();
        own.Payments.After = (name, _) =>
        {
            if (name == call && reached.TrySetResult())
            {
                return Task.Delay(Timeout.Infinite);
            }

            return Task.CompletedTask;
        };
        var click = user.Subscribe();
        await reached.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await own.KillSiloOf(user.Grain);
        _ = click.ContinueWith(static lost => lost.Exception, TaskScheduler.Default);
    }

    private static async Task Eventually(Func<Task> attempt)
    {
        using var deadline = Deadline.Start();
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
