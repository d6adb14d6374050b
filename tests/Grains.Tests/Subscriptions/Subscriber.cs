using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>A user who subscribes.</summary>
internal sealed class Subscriber(RoomCluster cluster)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly ReturnAddresses Home = new(
        "https://chat.example/?session_id={CHECKOUT_SESSION_ID}", "https://chat.example/?no", "https://chat.example/");

    public Guid Id { get; } = Guid.CreateVersion7();

    public ISubscriptionGrain Grain => cluster.Grains.Subscription(Id);

    public Task<CheckoutOutcome> Subscribe() => Grain.OpenCheckout(Home);

    public async Task<CheckoutOutcome.Open> OpenCheckout() => Assert.IsType<CheckoutOutcome.Open>(await Subscribe());

    public async Task<Subscriber> Exist()
    {
        await cluster.Grains.User(Id).EnsureCreated(new VerifiedUser("+14155550123", "Ada", PasswordHash: null));
        return this;
    }

    /// <summary>Subscribes, pays, and comes back.</summary>
    public async Task<PaidSubscription> Join()
    {
        await Exist();
        var checkout = await OpenCheckout();
        var paid = cluster.Stripe.Pay(checkout.CheckoutId, cluster.Time.GetUtcNow());
        Assert.Equal("active", (await Grain.ConfirmCheckout(checkout.CheckoutId)).Status);
        return paid;
    }

    /// <summary>Comes with a subscription of another service, and without the customer that has it.</summary>
    public async Task<PaidSubscription> Move()
    {
        await Exist();
        var paid = await Change(cluster.Stripe.NewSubscription(cluster.Stripe.NewId("cus"), Id, cluster.Time.GetUtcNow()));
        await UntilSettled();
        await cluster.Subscriptions.Forget(Id);
        await cluster.Forget(Grain);
        return paid;
    }

    /// <summary>Changes the truth, and delivers an event about it.</summary>
    public async Task<PaidSubscription> Change(PaidSubscription next, string type = "customer.subscription.updated")
    {
        cluster.Stripe.Hold(next);
        await Deliver(cluster.Stripe.Happen(type, next));
        return next;
    }

    public async Task Deliver(string eventId)
    {
        Assert.Equal(IntakeOutcome.Stored, await cluster.Grains.PaymentInbox().Take(new EventBody(eventId)));
        cluster.Stripe.Delivered(eventId);
    }

    public async Task<Tier> TierOfUser() => (await cluster.Grains.User(Id).GetProfile())!.Tier;

    /// <summary>Waits until nothing is owed to the user.</summary>
    public async Task UntilSettled()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await IsOwed())
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async Task<bool> IsOwed()
    {
        var work = await cluster.Subscriptions.Load(Id, 1);
        return !work.Events.IsEmpty || work.CheckAt <= cluster.Time.GetUtcNow();
    }
}
