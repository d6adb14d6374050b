using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Grains.Tests.Subscriptions;

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
    public void Pro_ends_at_its_hour_and_not_a_moment_earlier(string status, bool cancels, int graceDays, int hours)
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
    public void All_else_is_Basic(string status) => Assert.Equal(Tier.Basic, At(status, cancels: false, graceDays: 3, Start));

    [Fact]
    public void Without_a_subscription_it_is_Basic() =>
        Assert.Equal((Tier.Basic, null), Entitlement.Of(null, TimeSpan.FromDays(3)));

    [Fact]
    public void What_is_past_due_since_nobody_knows_when_gives_nothing() =>
        Assert.Equal(Tier.Basic, Entitlement.Of(Known("PastDue", false) with { PeriodStart = null }, TimeSpan.FromDays(3)).Tier);

    [Fact]
    public void The_one_that_gives_most_counts_then_the_newest()
    {
        var old = Paid("sub_a", PaidStatus.Canceled, Start);
        var paid = Paid("sub_b", PaidStatus.Active, Start);
        var newer = Paid("sub_c", PaidStatus.Trialing, Start.AddDays(1));
        var late = Paid("sub_d", PaidStatus.PastDue, Start.AddDays(2));
        var begun = Paid("sub_e", PaidStatus.Incomplete, Start.AddDays(3));
        var gone = Paid("sub_f", PaidStatus.Canceled, Start.AddDays(4));

        Assert.Equal(newer, Entitlement.Best([old, paid, newer, late, begun, gone]));
        Assert.Equal(late, Entitlement.Best([gone, begun, late, old]));
        Assert.Equal(begun, Entitlement.Best([gone, begun, old]));
        Assert.Equal(gone, Entitlement.Best([old, gone]));
        Assert.Null(Entitlement.Best([]));
    }

    [Fact]
    public void What_is_not_Pro_counts_for_nothing()
    {
        var other = Paid("sub_a", PaidStatus.Active, Start.AddDays(1)) with { IsPro = false };
        var pro = Paid("sub_b", PaidStatus.PastDue, Start);

        Assert.Equal(pro, Entitlement.Best([other, pro]));
        Assert.Null(Entitlement.Best([other]));
    }

    [Fact]
    public void Who_has_not_paid_is_not_Pro_beyond_the_end_of_it_all()
    {
        var ending = Known("PastDue", cancels: true) with { PeriodEnd = Start.AddDays(1) };

        Assert.Equal((Tier.Pro, Start.AddDays(1)), Entitlement.Of(ending, TimeSpan.FromDays(3)));
        Assert.Equal((Tier.Pro, Start.AddHours(12)), Entitlement.Of(ending, TimeSpan.FromHours(12)));
    }

    [Fact]
    public void Only_what_is_final_makes_way_for_another()
    {
        PaidStatus[] over = [.. Enum.GetValues<PaidStatus>().Where(status => status.IsOver())];
        Assert.Equal([PaidStatus.IncompleteExpired, PaidStatus.Canceled], over);
    }

    [Fact]
    public void A_subscription_is_looked_into_daily_at_its_period_end_and_hourly_beyond()
    {
        var active = Known("Active", cancels: false);
        Assert.Equal(Start.AddDays(1), Entitlement.NextCheck(active, Start));
        Assert.Equal(End, Entitlement.NextCheck(active, End.AddHours(-2)));
        Assert.Equal(End.AddHours(1), Entitlement.NextCheck(active, End));
        Assert.Equal(Start.AddDays(1), Entitlement.NextCheck(active with { PeriodEnd = null }, Start));
        Assert.Null(Entitlement.NextCheck(Known("Canceled", cancels: false), Start));
        Assert.Null(Entitlement.NextCheck(null, Start));
    }

    private static Tier At(string status, bool cancels, int graceDays, DateTimeOffset now)
    {
        var (tier, until) = Entitlement.Of(Known(status, cancels), TimeSpan.FromDays(graceDays));
        return new TierGrant(tier, until, Version: 1).At(now);
    }

    private static KnownSubscription Known(string status, bool cancels) =>
        new("sub_1", Enum.Parse<PaidStatus>(status), Start, End, cancels);

    private static PaidSubscription Paid(string id, PaidStatus status, DateTimeOffset created) =>
        new(id, "cus_1", null, status, Start, End, CancelAtPeriodEnd: false, created, IsPro: true);
}
