using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>Who paid has Pro, whether or not an event says so.</summary>
[Collection(SubscriptionCollection.Name)]
public sealed class CheckoutPaymentTests(GrainTestCluster cluster)
{
    private readonly SubscribingUser _user = new(cluster);

    private FakePayments Stripe => cluster.Payments;

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
}
