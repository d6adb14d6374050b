using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>A user who subscribes.</summary>
internal sealed class SubscribingUser(GrainTestCluster cluster)
{
    private static readonly ReturnUrls ReturnUrls = new(
        "https://chat.example/?session_id={CHECKOUT_SESSION_ID}", "https://chat.example/?no", "https://chat.example/");

    public Guid Id { get; } = Guid.CreateVersion7();

    public ISubscriptionGrain Grain => cluster.Grains.Subscription(Id);

    public Task<CheckoutOutcome> Subscribe() => Grain.OpenCheckout(ReturnUrls);

    public async Task<CheckoutOutcome.Open> OpenCheckout() => Assert.IsType<CheckoutOutcome.Open>(await Subscribe());

    public async Task<SubscribingUser> CreateUser()
    {
        await cluster.Grains.User(Id).EnsureCreated(new VerifiedUser("+14155550123", "Ada", PasswordHash: null));
        return this;
    }

    /// <summary>Subscribes, pays, and comes back.</summary>
    public async Task<ProviderSubscription> SubscribeAndPay()
    {
        await CreateUser();
        var checkout = await OpenCheckout();
        var paid = cluster.Payments.CompleteCheckout(checkout.CheckoutId, cluster.Time.GetUtcNow());
        Assert.Equal("active", (await Grain.ConfirmCheckout(checkout.CheckoutId)).Status);
        return paid;
    }

    /// <summary>Comes with a subscription of another service, and without the customer that has it.</summary>
    public async Task<ProviderSubscription> ImportSubscription()
    {
        await CreateUser();
        var paid = await ChangeSubscription(cluster.Payments.NewSubscription(cluster.Payments.NewId("cus"), Id, cluster.Time.GetUtcNow()));
        await WaitUntilSettled();
        await cluster.SubscriptionStoreFaults.RemoveUser(Id);
        await cluster.Deactivate(Grain);
        return paid;
    }

    /// <summary>Changes the truth, and delivers an event about it.</summary>
    public async Task<ProviderSubscription> ChangeSubscription(ProviderSubscription next, string type = "customer.subscription.updated")
    {
        cluster.Payments.StoreSubscription(next);
        await Deliver(cluster.Payments.RaiseEvent(type, next));
        return next;
    }

    public async Task Deliver(string eventId)
    {
        Assert.Equal(IntakeOutcome.Stored, await cluster.Grains.PaymentInbox().Receive(new WebhookPayload(eventId)));
        cluster.Payments.MarkDelivered(eventId);
    }

    public async Task<Tier> TierOfUser() => (await cluster.Grains.User(Id).GetProfile())!.Tier;

    /// <summary>Waits until nothing is owed to the user.</summary>
    public async Task WaitUntilSettled()
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await HasPendingWork())
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async Task<bool> HasPendingWork()
    {
        var work = await cluster.SubscriptionStoreFaults.Load(Id, 1);
        return !work.Events.IsEmpty || work.NextCheckAt <= cluster.Time.GetUtcNow();
    }
}
