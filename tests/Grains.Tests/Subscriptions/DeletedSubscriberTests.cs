using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>A deleted user leaves nothing at the payment provider that could cost money.</summary>
[Collection(SubscriptionCollection.Name)]
public sealed class DeletedSubscriberTests(GrainTestCluster cluster)
{
    private readonly SubscribingUser _user = new(cluster);

    private FakePayments Stripe => cluster.Payments;

    [Fact]
    public async Task A_user_deleted_during_the_creation_of_the_customer_leaves_no_customer()
    {
        await _user.CreateUser();
        Stripe.LoseResponse(nameof(IPaymentProvider.CreateCustomer), _user.Id);
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

        Assert.NotEmpty(Stripe.SubscriptionsOf(_user.Id));
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

        Assert.Equal(isLost ? 0 : 1, Stripe.SubscriptionsOf(_user.Id).Count);
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
}
