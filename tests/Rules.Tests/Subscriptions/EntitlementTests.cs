using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Rules.Tests.Subscriptions;

public sealed class EntitlementTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Start.AddDays(30);

    // The hour is counted from the period's start, and its end is at 720.
    [Theory]
    [InlineData("Active", false, 3, 720 + 72)]
    [InlineData("Trialing", false, 3, 720 + 72)]
    [InlineData("Active", false, 0, 720)]
    [InlineData("Active", true, 3, 720)]
    [InlineData("Trialing", true, 3, 720)]
    [InlineData("PastDue", false, 3, 72)]
    [InlineData("PastDue", false, 0, 0)]
    [InlineData("PastDue", true, 3, 72)]
    public void Pro_ends_exactly_at_its_end_time(string status, bool cancels, int graceDays, int hours)
    {
        var end = Start.AddHours(hours);
        Assert.Equal(Tier.Pro, At(status, cancels, graceDays, end.AddMilliseconds(-1)));
        Assert.Equal(Tier.Basic, At(status, cancels, graceDays, end));
        Assert.Equal(Tier.Basic, At(status, cancels, graceDays, end.AddYears(1)));
    }

    [Theory]
    [InlineData("Unknown")]
    [InlineData("Incomplete")]
    [InlineData("IncompleteExpired")]
    [InlineData("Canceled")]
    [InlineData("Unpaid")]
    [InlineData("Paused")]
    public void Every_other_status_is_Basic(string status) => Assert.Equal(Tier.Basic, At(status, cancels: false, graceDays: 3, Start));

    [Fact]
    public void A_user_without_a_subscription_is_Basic() =>
        Assert.Equal((Tier.Basic, null), Entitlement.Evaluate(null, TimeSpan.FromDays(3)));

    [Fact]
    public void A_past_due_subscription_without_a_period_gives_Basic() =>
        Assert.Equal(Tier.Basic, Entitlement.Evaluate(Known("PastDue", false) with { PeriodStart = null }, TimeSpan.FromDays(3)).Tier);

    [Fact]
    public void Of_several_subscriptions_the_one_with_the_highest_status_and_then_the_newest_is_used()
    {
        var old = Paid("sub_a", ProviderSubscriptionStatus.Canceled, Start);
        var paid = Paid("sub_b", ProviderSubscriptionStatus.Active, Start);
        var newer = Paid("sub_c", ProviderSubscriptionStatus.Trialing, Start.AddDays(1));
        var late = Paid("sub_d", ProviderSubscriptionStatus.PastDue, Start.AddDays(2));
        var begun = Paid("sub_e", ProviderSubscriptionStatus.Incomplete, Start.AddDays(3));
        var gone = Paid("sub_f", ProviderSubscriptionStatus.Canceled, Start.AddDays(4));

        Assert.Equal(newer, Entitlement.SelectBest([old, paid, newer, late, begun, gone]));
        Assert.Equal(late, Entitlement.SelectBest([gone, begun, late, old]));
        Assert.Equal(begun, Entitlement.SelectBest([gone, begun, old]));
        Assert.Equal(gone, Entitlement.SelectBest([old, gone]));
        Assert.Null(Entitlement.SelectBest([]));
    }

    [Fact]
    public void A_subscription_without_a_Pro_price_is_ignored()
    {
        var other = Paid("sub_a", ProviderSubscriptionStatus.Active, Start.AddDays(1)) with { IsPro = false };
        var pro = Paid("sub_b", ProviderSubscriptionStatus.PastDue, Start);

        Assert.Equal(pro, Entitlement.SelectBest([other, pro]));
        Assert.Null(Entitlement.SelectBest([other]));
    }

    [Fact]
    public void The_grace_period_does_not_extend_beyond_a_scheduled_cancellation()
    {
        var ending = Known("PastDue", cancels: true) with { PeriodEnd = Start.AddDays(1) };

        Assert.Equal((Tier.Pro, Start.AddDays(1)), Entitlement.Evaluate(ending, TimeSpan.FromDays(3)));
        Assert.Equal((Tier.Pro, Start.AddHours(12)), Entitlement.Evaluate(ending, TimeSpan.FromHours(12)));
    }

    [Fact]
    public void Only_ended_subscriptions_allow_a_new_one()
    {
        ProviderSubscriptionStatus[] over = [.. Enum.GetValues<ProviderSubscriptionStatus>().Where(status => status.IsOver())];
        Assert.Equal([ProviderSubscriptionStatus.IncompleteExpired, ProviderSubscriptionStatus.Canceled], over);
    }

    [Fact]
    public void A_subscription_is_checked_daily_at_its_period_end_and_then_hourly()
    {
        var active = Known("Active", cancels: false);
        Assert.Equal(Start.AddDays(1), Entitlement.GetNextCheck(active, Start));
        Assert.Equal(End, Entitlement.GetNextCheck(active, End.AddHours(-2)));
        Assert.Equal(End.AddHours(1), Entitlement.GetNextCheck(active, End));
        Assert.Equal(Start.AddDays(1), Entitlement.GetNextCheck(active with { PeriodEnd = null }, Start));
        Assert.Null(Entitlement.GetNextCheck(Known("Canceled", cancels: false), Start));
        Assert.Null(Entitlement.GetNextCheck(null, Start));
    }

    [Fact]
    public void Of_equal_subscriptions_the_one_with_the_higher_id_is_used()
    {
        var one = Paid("sub_a", ProviderSubscriptionStatus.Active, Start);
        var other = Paid("sub_b", ProviderSubscriptionStatus.Active, Start);
        Assert.Equal(other, Entitlement.SelectBest([one, other]));
        Assert.Equal(other, Entitlement.SelectBest([other, one]));
    }

    private static Tier At(string status, bool cancels, int graceDays, DateTimeOffset now)
    {
        var (tier, until) = Entitlement.Evaluate(Known(status, cancels), TimeSpan.FromDays(graceDays));
        return new TierGrant(tier, until, Version: 1).TierAt(now);
    }

    private static StoredSubscription Known(string status, bool cancels) =>
        new("sub_1", Enum.Parse<ProviderSubscriptionStatus>(status), Start, End, cancels);

    private static ProviderSubscription Paid(string id, ProviderSubscriptionStatus status, DateTimeOffset created) =>
        new(id, "cus_1", null, status, Start, End, CancelAtPeriodEnd: false, created, IsPro: true);
}
