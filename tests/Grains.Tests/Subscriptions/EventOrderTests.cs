using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>
/// Lives of subscriptions, told in any order: while the truth goes on, each event comes late, twice or not at all. What
/// did not come is found in the provider's list.
/// </summary>
public sealed class EventOrderTests(ITestOutputHelper output)
{
    private const int AtOnce = 200;

    private static readonly int LifecycleCount = TestLength.Of(500, 10_000);

    [Fact]
    public async Task With_events_in_any_order_the_stored_subscription_converges_to_the_providers()
    {
        await using var cluster = await GrainTestCluster.StartInMemory();
        cluster.Payments.After = DelayReads;
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var chances = Enumerable.Range(0, LifecycleCount).Select(i => new Random(unchecked(seed + (i * 7919)))).ToList();
        var truths = new ProviderSubscription[LifecycleCount];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        await Parallel.ForAsync(0, LifecycleCount, limit, async (i, _) => truths[i] = await RunSubscriptionLifecycle(cluster, chances[i]));

        await cluster.Grains.Reconciliation().StartIfDue();
        await WaitUntilNoPendingWork(cluster);

        await Parallel.ForAsync(0, LifecycleCount, limit, async (i, _) => await Check(cluster, truths[i], $"seed {seed}, life {i}"));
    }

    private static async Task<ProviderSubscription> RunSubscriptionLifecycle(GrainTestCluster cluster, Random chance)
    {
        var user = await new SubscribingUser(cluster).CreateUser();
        var customer = await cluster.Payments.CreateCustomer(user.Id, $"customer:{user.Id:D}", CancellationToken.None);
        await cluster.SubscriptionStoreFaults.SaveCustomer(user.Id, customer, DateTimeOffset.MaxValue);
        var now = DateTimeOffset.FromUnixTimeSeconds(cluster.Time.GetUtcNow().ToUnixTimeSeconds());
        var truth = cluster.Payments.NewSubscription(customer, user.Id, now) with { Status = ProviderSubscriptionStatus.Incomplete };
        var told = new List<string>();
        foreach (var (types, change) in Lifecycle(chance))
        {
            truth = change(truth);
            cluster.Payments.StoreSubscription(truth);
            told.AddRange(types.Select(type => cluster.Payments.RaiseEvent(type, truth)).SelectMany(id => Deliveries(id, chance)));
            while (told.Count > 0 && chance.Next(3) > 0)
            {
                await DeliverOne(user, told, chance);
            }
        }

        while (told.Count > 0)
        {
            await DeliverOne(user, told, chance);
        }

        return truth;
    }

    /// <summary>The answer to a read is often out of date when it arrives. The seed does not choose these delays.</summary>
    private static Task DelayReads(string call, string about) =>
        call is nameof(IPaymentProvider.ListSubscriptions) ? Task.Delay(Random.Shared.Next(20)) : Task.CompletedTask;

    /// <summary>Now and then none, now and then several.</summary>
    private static IEnumerable<string> Deliveries(string eventId, Random chance) =>
        Enumerable.Repeat(eventId, chance.Next(10) switch { < 2 => 0, < 7 => 1, < 9 => 2, _ => 4 });

    private static async Task DeliverOne(SubscribingUser user, List<string> told, Random chance)
    {
        var which = chance.Next(told.Count);
        var id = told[which];
        told.RemoveAt(which);
        await user.Deliver(id);
    }

    private static IEnumerable<(string[] Types, Func<ProviderSubscription, ProviderSubscription> Change)> Lifecycle(Random chance)
    {
        yield return (["customer.subscription.created"], truth => truth);
        yield return (["checkout.session.completed", "customer.subscription.updated", "invoice.paid"],
            truth => truth with { Status = ProviderSubscriptionStatus.Active });
        for (var steps = chance.Next(1, 6); steps > 0; steps--)
        {
            yield return chance.Next(6) switch
            {
                0 => (["customer.subscription.updated", "invoice.payment_failed"], truth => Next(truth, ProviderSubscriptionStatus.PastDue)),
                1 => (["customer.subscription.updated", "invoice.paid"], truth => truth with { Status = ProviderSubscriptionStatus.Active }),
                2 => (["customer.subscription.updated"], truth => truth with { CancelAtPeriodEnd = true }),
                3 => (["customer.subscription.updated"], truth => truth with { CancelAtPeriodEnd = false }),
                4 => (["customer.subscription.updated", "invoice.paid"], truth => Next(truth, ProviderSubscriptionStatus.Active)),
                _ => (["customer.subscription.paused"], truth => truth with { Status = ProviderSubscriptionStatus.Paused }),
            };
        }

        if (chance.Next(2) == 0)
        {
            yield return (["customer.subscription.deleted"], truth => truth with { Status = ProviderSubscriptionStatus.Canceled });
        }
    }

    private static ProviderSubscription Next(ProviderSubscription truth, ProviderSubscriptionStatus status) =>
        truth with { Status = status, PeriodStart = truth.PeriodEnd, PeriodEnd = truth.PeriodEnd!.Value.AddDays(30) };

    private static async Task Check(GrainTestCluster cluster, ProviderSubscription truth, string name)
    {
        var stored = await cluster.Grains.Subscription(truth.UserId!.Value).GetStatus();
        var expected = Entitlement.Evaluate(StoredSubscription.Of(truth), TimeSpan.FromDays(3)).Tier;
        Assert.True(
            (stored.Status, stored.CurrentPeriodEnd, stored.CancelAtPeriodEnd, stored.Tier)
                == (truth.Status.ToStripeValue(), truth.PeriodEnd, truth.CancelAtPeriodEnd, expected),
            $"{name}: {truth.Status} became {stored.Status}");
        Assert.Equal(expected, (await cluster.Grains.User(truth.UserId.Value).GetProfile())!.Tier);
    }

    private static async Task WaitUntilNoPendingWork(GrainTestCluster cluster)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!cluster.Payments.Undelivered.All(cluster.SubscriptionStoreFaults.Added.ContainsKey)
            || (await cluster.SubscriptionStoreFaults.ListUsersWithWork(cluster.Time.GetUtcNow(), Guid.Empty, 1)).Length > 0)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }
}
