namespace GeminiChat.Grains.Users;

/// <summary>How often something may happen to one number.</summary>
internal static class PhoneLimits
{
    /// <summary>A person who waits for a message asks again too soon.</summary>
    private static readonly TimeSpan CoolDown = TimeSpan.FromMinutes(1);

    /// <summary>The day's codes when a gateway of the version before asks, which does not say.</summary>
    public const int DefaultCodesPerDay = 10;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Codes made, as Twilio Verify has it: five in ten minutes.</summary>
    private static readonly SlidingWindowLimit Codes = new(5, TimeSpan.FromMinutes(10));

    /// <summary>
    /// Codes for a reset among them. Anybody can ask for those; two of the five are left for their owner to sign in.
    /// </summary>
    private static readonly SlidingWindowLimit ResetCodes = new(3, TimeSpan.FromMinutes(10));

    /// <summary>Codes of one known device.</summary>
    public static SlidingWindowLimit DeviceCodes { get; } = new(5, Day);

    public static SlidingWindowLimit WrongPasswords { get; } = new(10, TimeSpan.FromHours(1));

    /// <summary>Why no new code may be made; null when one may be now.</summary>
    /// <param name="phone">The number.</param>
    /// <param name="purpose">What the code shall be good for.</param>
    /// <param name="device">A known device that has codes of its own left; null for any other.</param>
    /// <param name="perDay">The number's codes in any 24 hours; 0 for no limit.</param>
    /// <param name="now">The time.</param>
    public static IssueCodeOutcome.RateLimited? CheckCodeLimits(
        this PhoneState phone, CodePurpose purpose, DeviceActivity? device, int perDay, DateTimeOffset now)
    {
        var coolDown = phone.FindNewestCode(purpose, device?.SessionId) is { } unused
            ? new SlidingWindowLimit(1, CoolDown).GetRetryAfter([unused.IssuedAt], now)
            : null;
        if (device is not null)
        {
            return ToRefusal(coolDown, today: null, perDay);
        }

        var isReset = purpose is CodePurpose.Reset;
        var soon = new[] { coolDown, Codes.GetRetryAfter(phone.CodesIssuedAt, now), isReset ? ResetCodes.GetRetryAfter(phone.ResetCodesIssuedAt, now) : null }.Max();
        var resetsToday = isReset ? GetDailyRetryAfter(phone.ResetCodesIssuedAt, GetResetsPerDay(perDay), now) : null;
        return ToRefusal(soon, new[] { GetDailyRetryAfter(phone.CodesIssuedAt, perDay, now), resetsToday }.Max(), perDay);
    }

    /// <summary>How long the day's limit allows no more; null when it does now, or there is none.</summary>
    public static TimeSpan? GetDailyRetryAfter(ImmutableArray<DateTimeOffset> past, int perDay, DateTimeOffset now) =>
        perDay == 0 ? null : new SlidingWindowLimit(perDay, Day).GetRetryAfter(past, now);

    /// <summary>Counts a code that was made for an unknown device.</summary>
    public static PhoneState CountCode(this PhoneState phone, CodePurpose purpose, int perDay, DateTimeOffset now) => phone with
    {
        CodesIssuedAt = RecordWithinDay(phone.CodesIssuedAt, Math.Max(Codes.MaxCount, perDay), now),
        ResetCodesIssuedAt = purpose is CodePurpose.Reset
            ? RecordWithinDay(phone.ResetCodesIssuedAt, Math.Max(ResetCodes.MaxCount, GetResetsPerDay(perDay)), now)
            : phone.ResetCodesIssuedAt,
    };

    /// <summary>Half of the day's codes are left for their owner to sign in.</summary>
    private static int GetResetsPerDay(int perDay) => (perDay + 1) / 2;

    private static ImmutableArray<DateTimeOffset> RecordWithinDay(ImmutableArray<DateTimeOffset> past, int most, DateTimeOffset now) =>
        new SlidingWindowLimit(most, Day).Record(past, now);

    private static IssueCodeOutcome.RateLimited? ToRefusal(TimeSpan? soon, TimeSpan? today, int perDay) =>
        today > (soon ?? TimeSpan.Zero) ? new IssueCodeOutcome.RateLimited(today.Value, perDay)
        : soon is { } wait ? new IssueCodeOutcome.RateLimited(wait)
        : null;
}

/// <summary>At most so many in any stretch of time.</summary>
/// <param name="MaxCount">How many.</param>
/// <param name="Window">In how long a time.</param>
internal readonly record struct SlidingWindowLimit(int MaxCount, TimeSpan Window)
{
    /// <summary>How long until there may be one more; null when there may be one now.</summary>
    /// <param name="past">The newest <see cref="MaxCount"/> moments, the newest last.</param>
    /// <param name="now">A clock that was set back makes nobody wait longer than the window.</param>
    public TimeSpan? GetRetryAfter(ImmutableArray<DateTimeOffset> past, DateTimeOffset now)
    {
        if (past.Length < MaxCount)
        {
            return null;
        }

        var wait = past[^MaxCount] + Window - now;
        return wait <= TimeSpan.Zero ? null : wait < Window ? wait : Window;
    }

    /// <summary>The moments to remember after one more.</summary>
    public ImmutableArray<DateTimeOffset> Record(ImmutableArray<DateTimeOffset> past, DateTimeOffset now) =>
        [.. past.TakeLast(MaxCount - 1), now];
}
