using FsCheck;
using FsCheck.Xunit;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;

namespace GeminiChat.Rules.Tests.Users;

public sealed class PhoneLimitsTests
{
    private const int PerDay = 10;

    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(new int[0], null)]
    [InlineData(new[] { 0, 0 }, null)]
    [InlineData(new[] { 59, 30, 1 }, 1)]
    [InlineData(new[] { 60, 30, 1 }, null)]
    [InlineData(new[] { 61, 30, 1 }, null)]
    [InlineData(new[] { 99, 59, 30, 1 }, 1)]
    [InlineData(new[] { 0, 0, 0 }, 60)]
    [InlineData(new[] { -30, -30, -30 }, 60)]
    public void The_oldest_of_as_many_as_allowed_must_be_a_window_ago(int[] secondsAgo, int? wait)
    {
        var limit = new SlidingWindowLimit(3, TimeSpan.FromSeconds(60));
        Assert.Equal(wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null, limit.GetRetryAfter(Past(secondsAgo), Now));
    }

    [Property]
    public bool No_window_ever_has_more_than_the_limit(PositiveInt max, NonNegativeInt[] gaps)
    {
        var limit = new SlidingWindowLimit(max.Get % 5 + 1, TimeSpan.FromSeconds(10));
        var (now, remembered, all) = (Now, ImmutableArray<DateTimeOffset>.Empty, new List<DateTimeOffset>());
        foreach (var gap in gaps)
        {
            now = now.AddSeconds(gap.Get % 7);
            if (limit.GetRetryAfter(remembered, now) is null)
            {
                remembered = limit.Record(remembered, now);
                all.Add(now);
            }
        }

        return remembered.Length <= limit.MaxCount
            && all.TrueForAll(start => all.Count(at => at >= start && at < start + limit.Window) <= limit.MaxCount);
    }

    [Fact]
    public void A_limit_remembers_the_newest_times()
    {
        var limit = new SlidingWindowLimit(2, TimeSpan.FromSeconds(60));
        Assert.Equal([Now], limit.Record([], Now));
        Assert.Equal([Now.AddSeconds(-1), Now], limit.Record(Past(2, 1), Now));
    }

    [Fact]
    public void A_new_code_is_refused_for_a_minute_after_the_one_before()
    {
        var phone = new PhoneState { Codes = [Code(CodePurpose.SignIn, secondsAgo: 59)] };
        Assert.Equal(new(TimeSpan.FromSeconds(1)), phone.CheckCodeLimits(CodePurpose.SignIn, null, PerDay, Now));
        Assert.Null(phone.CheckCodeLimits(CodePurpose.SignIn, null, PerDay, Now.AddSeconds(1)));
        Assert.Null(phone.CheckCodeLimits(CodePurpose.Reset, null, PerDay, Now));
        Assert.Null(phone.CheckCodeLimits(CodePurpose.SignIn, Device(), PerDay, Now));
    }

    [Fact]
    public void A_known_device_has_its_own_codes_and_its_own_minute()
    {
        var device = Device();
        var phone = new PhoneState
        {
            Codes = [Code(CodePurpose.SignIn, secondsAgo: 30) with { DeviceSessionId = device.SessionId }],
            CodesIssuedAt = Past(5, 4, 3, 2, 1),
        };
        Assert.Equal(new(TimeSpan.FromSeconds(30)), phone.CheckCodeLimits(CodePurpose.SignIn, device, PerDay, Now));
        Assert.Null(phone.CheckCodeLimits(CodePurpose.SignIn, device, PerDay, Now.AddSeconds(30)));
    }

    [Fact]
    public void Five_codes_are_made_in_ten_minutes_and_three_of_them_for_resets()
    {
        var phone = new PhoneState { CodesIssuedAt = Past(599, 4, 3, 2, 1) };
        Assert.Equal(new(TimeSpan.FromSeconds(1)), phone.CheckCodeLimits(CodePurpose.SignIn, null, PerDay, Now));
        Assert.Null(phone.CheckCodeLimits(CodePurpose.SignIn, null, PerDay, Now.AddSeconds(1)));

        phone = new PhoneState { CodesIssuedAt = Past(300, 2, 1), ResetCodesIssuedAt = Past(300, 2, 1) };
        Assert.Equal(new(TimeSpan.FromMinutes(5)), phone.CheckCodeLimits(CodePurpose.Reset, null, PerDay, Now));
        Assert.Null(phone.CheckCodeLimits(CodePurpose.SignIn, null, PerDay, Now));
        Assert.Null(phone.CheckCodeLimits(CodePurpose.Reset, null, PerDay, Now.AddMinutes(5)));
    }

    [Fact]
    public void The_longest_wait_counts_and_a_daily_limit_is_named()
    {
        var day = Enumerable.Range(1, PerDay).Select(hour => Now.AddHours(hour - 11)).ToImmutableArray();
        var phone = new PhoneState { CodesIssuedAt = day, Codes = [Code(CodePurpose.SignIn, secondsAgo: 1)] };
        Assert.Equal(new(TimeSpan.FromHours(14), PerDay), phone.CheckCodeLimits(CodePurpose.SignIn, null, PerDay, Now));
        Assert.Equal(new(TimeSpan.FromSeconds(59)), phone.CheckCodeLimits(CodePurpose.SignIn, null, perDay: 0, Now));
        Assert.Null(phone.CheckCodeLimits(CodePurpose.SignIn, null, PerDay + 1, Now.AddMinutes(1)));
    }

    [Theory]
    [InlineData(10, 5)]
    [InlineData(3, 2)]
    [InlineData(1, 1)]
    public void Half_of_a_days_codes_may_be_for_resets(int perDay, int resets)
    {
        var allowed = new PhoneState { ResetCodesIssuedAt = [.. Enumerable.Repeat(Now.AddHours(-1), resets - 1)] };
        Assert.Null(allowed.CheckCodeLimits(CodePurpose.Reset, null, perDay, Now));
        var spent = new PhoneState { ResetCodesIssuedAt = [.. Enumerable.Repeat(Now.AddHours(-1), resets)] };
        Assert.Equal(new(TimeSpan.FromHours(23), perDay), spent.CheckCodeLimits(CodePurpose.Reset, null, perDay, Now));
        Assert.Null(spent.CheckCodeLimits(CodePurpose.SignIn, null, perDay, Now));
    }

    [Fact]
    public void Without_a_daily_limit_there_is_no_daily_wait()
    {
        Assert.Null(PhoneLimits.GetDailyRetryAfter(Past(3, 2, 1), 0, Now));
        Assert.Equal(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(3), PhoneLimits.GetDailyRetryAfter(Past(3, 2, 1), 3, Now));
    }

    [Theory]
    [InlineData(20, 20, 10)]
    [InlineData(0, 5, 3)]
    [InlineData(7, 7, 4)]
    public void As_many_codes_are_remembered_as_the_limits_need(int perDay, int codes, int resets)
    {
        var phone = new PhoneState();
        for (var i = 0; i < 30; i++)
        {
            phone = phone.CountCode(CodePurpose.Reset, perDay, Now.AddSeconds(i));
        }

        Assert.Equal((codes, resets), (phone.CodesIssuedAt.Length, phone.ResetCodesIssuedAt.Length));
        Assert.Equal((Now.AddSeconds(29), Now.AddSeconds(29)), (phone.CodesIssuedAt[^1], phone.ResetCodesIssuedAt[^1]));
        Assert.Equal(phone.ResetCodesIssuedAt, phone.CountCode(CodePurpose.SignIn, perDay, Now.AddDays(1)).ResetCodesIssuedAt);
    }

    [Fact]
    public void Ten_wrong_passwords_an_hour_and_five_codes_of_a_device_a_day_are_allowed()
    {
        Assert.Equal(new SlidingWindowLimit(10, TimeSpan.FromHours(1)), PhoneLimits.WrongPasswords);
        Assert.Equal(new SlidingWindowLimit(5, TimeSpan.FromDays(1)), PhoneLimits.DeviceCodes);
    }

    private static DeviceActivity Device() => new(Guid.CreateVersion7(), [], []);

    private static StoredCode Code(CodePurpose purpose, int secondsAgo) => new([1], Now.AddSeconds(-secondsAgo), Purpose: purpose);

    private static ImmutableArray<DateTimeOffset> Past(params int[] secondsAgo) => [.. secondsAgo.Select(seconds => Now.AddSeconds(-seconds))];
}
