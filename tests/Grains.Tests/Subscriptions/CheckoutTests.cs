using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>Nobody ever gets two customers or two subscriptions, whatever is clicked, lost or killed.</summary>
[Collection(SubscriptionCollection.Name)]
public sealed class CheckoutTests(GrainTestCluster cluster)
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
        Stripe.LoseResponse(call, _user.Id);
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
        Stripe.LoseResponse(nameof(IPaymentProvider.CreateCustomer), _user.Id);
        Assert.IsType<CheckoutOutcome.Unavailable>(await _user.Subscribe());
        await cluster.Deactivate(_user.Grain);

        await _user.OpenCheckout();
        Assert.Equal(2, Stripe.CustomersOf(_user.Id));
        Assert.DoesNotContain((await cluster.SubscriptionStoreFaults.Load(_user.Id, 1)).CustomerId, Stripe.MissingCustomers);
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

/// <summary>The tests of checkouts and their ends share one cluster.</summary>
[CollectionDefinition(Name)]
public sealed class SubscriptionCollection : ICollectionFixture<GrainTestCluster>
{
    public const string Name = "Subscriptions";
}
