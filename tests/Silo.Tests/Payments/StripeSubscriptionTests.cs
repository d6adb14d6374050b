using GeminiChat.Grains.Subscriptions;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Payments;

/// <summary>Subscriptions at Stripe: what is read of them, and their end.</summary>
public sealed class StripeSubscriptionTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly Guid _user = Guid.CreateVersion7();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_period_of_a_subscription_is_read_in_both_API_versions(bool isBeforeBasil)
    {
        await using var pair = await StripeTestHarness.Start(new() { IsBeforeBasil = isBeforeBasil });
        var made = await pair.Subscribe(_user);
        pair.Fake.Account.Update(made.Id, old => old with { Status = "past_due", CancelAtPeriodEnd = true });

        var read = await pair.Payments.ReadSubscription(made.Id, None);
        var listed = Assert.Single(await pair.Payments.ListSubscriptions(made.Customer, None));

        Assert.Equal(
            new(made.Id, made.Customer, _user, ProviderSubscriptionStatus.PastDue, Seconds(made.Items[0].Start), Seconds(made.Items[0].End), CancelAtPeriodEnd: true, Seconds(made.Created), IsPro: true),
            read);
        Assert.Equal(read, listed);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    public async Task A_cancellation_time_within_the_period_is_its_end(int daysLater, bool expected)
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);
        pair.Fake.Account.Update(made.Id, old => old with { CancelAt = old.Items[0].End.AddDays(daysLater) });

        var read = await pair.Payments.ReadSubscription(made.Id, None);

        Assert.Equal(expected, read!.CancelAtPeriodEnd);
        Assert.Equal(Seconds(made.Items[0].End.AddDays(Math.Min(daysLater, 0))), read.PeriodEnd);
    }

    [Fact]
    public async Task The_item_with_the_latest_period_end_gives_the_period()
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);
        var longer = new FakeSubscriptionItem(made.Items[0].Start.AddDays(2), made.Items[0].End.AddDays(2));
        pair.Fake.Account.Update(made.Id, old => old with { Items = [old.Items[0], longer, old.Items[0]] });

        var read = await pair.Payments.ReadSubscription(made.Id, None);

        Assert.Equal((Seconds(longer.Start), Seconds(longer.End)), (read!.PeriodStart, read.PeriodEnd));
    }

    [Fact]
    public async Task Only_items_with_a_Pro_price_decide()
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);
        var pro = made.Items[0] with { Price = StripeTestHarness.OldPrice };
        var other = new FakeSubscriptionItem(pro.Start.AddDays(1), pro.End.AddDays(1)) { Price = "price_other" };
        pair.Fake.Account.Update(made.Id, old => old with { Items = [other, pro, other] });

        var read = await pair.Payments.ReadSubscription(made.Id, None);
        pair.Fake.Account.Update(made.Id, old => old with { Items = [other] });
        var without = await pair.Payments.ReadSubscription(made.Id, None);

        Assert.Equal((true, Seconds(pro.Start), Seconds(pro.End)), (read!.IsPro, read.PeriodStart, read.PeriodEnd));
        Assert.False(without!.IsPro);
    }

    [Theory]
    [InlineData("incomplete", ProviderSubscriptionStatus.Incomplete)]
    [InlineData("incomplete_expired", ProviderSubscriptionStatus.IncompleteExpired)]
    [InlineData("trialing", ProviderSubscriptionStatus.Trialing)]
    [InlineData("active", ProviderSubscriptionStatus.Active)]
    [InlineData("past_due", ProviderSubscriptionStatus.PastDue)]
    [InlineData("canceled", ProviderSubscriptionStatus.Canceled)]
    [InlineData("unpaid", ProviderSubscriptionStatus.Unpaid)]
    [InlineData("paused", ProviderSubscriptionStatus.Paused)]
    [InlineData("on_the_moon", ProviderSubscriptionStatus.Unknown)]
    public async Task Every_subscription_status_is_mapped_or_unknown(string status, ProviderSubscriptionStatus expected)
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.Account.Add(new("sub_1", TimeProvider.System.GetUtcNow(), "cus_1") { Status = status });

        var read = await pair.Payments.ReadSubscription("sub_1", None);

        Assert.Equal(expected, read!.Status);
        Assert.Equal((null, null, null), (read.UserId, read.PeriodStart, read.PeriodEnd));
    }

    [Fact]
    public async Task All_subscriptions_of_a_customer_are_listed_newest_first()
    {
        await using var pair = await StripeTestHarness.Start();
        var now = TimeProvider.System.GetUtcNow();
        for (var number = 0; number < 150; number++)
        {
            pair.Fake.Account.Add(new($"sub_{number}", now, "cus_1") { Status = number % 2 == 0 ? "canceled" : "active" });
        }

        pair.Fake.Account.Add(new("sub_other", now, "cus_2"));

        var listed = await pair.Payments.ListSubscriptions("cus_1", None);

        Assert.Equal(Enumerable.Range(0, 150).Reverse().Select(number => $"sub_{number}"), listed.Select(one => one.Id));
        Assert.Equal(2, pair.Fake.Calls.All.Count);
        Assert.Equal([("customer", "cus_1"), ("limit", "100"), ("status", "all")], Fields(pair.Fake.Calls.All[0]));
    }

    [Fact]
    public async Task The_list_of_a_customers_subscriptions_is_bounded()
    {
        await using var pair = await StripeTestHarness.Start();
        for (var number = 0; number < 450; number++)
        {
            pair.Fake.Account.Add(new($"sub_{number}", TimeProvider.System.GetUtcNow(), "cus_1"));
        }

        var listed = await pair.Payments.ListSubscriptions("cus_1", None);

        Assert.Equal((300, "sub_449"), (listed.Length, listed[0].Id));
    }

    [Fact]
    public async Task Cancelling_ends_a_subscription_at_once_and_can_be_repeated()
    {
        await using var pair = await StripeTestHarness.Start();
        var made = await pair.Subscribe(_user);

        await pair.Payments.CancelSubscription(made.Id, None);
        await pair.Payments.CancelSubscription(made.Id, None);
        await pair.Payments.CancelSubscription("sub_none", None);

        Assert.Equal(ProviderSubscriptionStatus.Canceled, (await pair.Payments.ReadSubscription(made.Id, None))!.Status);
        Assert.Null(await pair.Payments.ReadSubscription("sub_none", None));
    }

    private static IEnumerable<(string, string)> Fields(StripeCall call) =>
        call.Form.Fields.Select(field => (field.Key, field.Value)).Order();

    private static DateTimeOffset Seconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
