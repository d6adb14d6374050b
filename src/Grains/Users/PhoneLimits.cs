namespace GeminiChat.Grains.Users;

/// <summary>Limits how often something may happen for one number, and for each known device of its user.</summary>
internal static class PhoneLimits
{
    /// <summary>The minimum time between two codes. People who wait for a message often ask again too soon.</summary>
    private static readonly TimeSpan CoolDown = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The daily number of codes when a gateway of the previous version asks, because it does not send a limit.
    /// </summary>
    public const int DefaultCodesPerDay = 10;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Codes that are made. Twilio Verify has the same limit: five in ten minutes.</summary>
    private static readonly SlidingWindowLimit Codes = new(5, TimeSpan.FromMinutes(10));

    /// <summary>
    /// The limit of reset codes among them. Anybody can request reset codes, so two of the five codes are left for the
    /// owner to sign in.
    /// </summary>
    private static readonly SlidingWindowLimit ResetCodes = new(3, TimeSpan.FromMinutes(10));

    /// <summary>Codes of one known device.</summary>
    public static SlidingWindowLimit DeviceCodes { get; } = new(5, Day);

    public static SlidingWindowLimit WrongPasswords { get; } = new(10, TimeSpan.FromHours(1));

    /// <summary>
    /// How many devices are kept: those that were used last. A known device must have the token of a session, so
    /// strangers cannot displace one.
    /// </summary>
    private const int MaxDevices = 20;

    /// <summary>Checks the limits of codes. Null when a new code may be made now; otherwise the reason.</summary>
    /// <param name="phone">The number.</param>
    /// <param name="purpose">The purpose of the code.</param>
    /// <param name="device">A known device that has codes of its own left; null for any other device.</param>
    /// <param name="perDay">The maximum number of codes for the number in any 24 hours; 0 for no limit.</param>
    /// <param name="now">The current time.</param>
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

    /// <summary>
    /// How long the daily limit still refuses a code; null when it allows one now, or when there is no limit.
    /// </summary>
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

    /// <summary>The activity of a device; null when the device does not belong to this number's user.</summary>
    public static DeviceActivity? FindDevice(this PhoneState phone, KnownDevice? device) =>
        device is null || !phone.IsVerified || device.UserId != phone.UserId
            ? null
            : phone.Devices.FirstOrDefault(known => known.SessionId == device.SessionId) ?? new DeviceActivity(device.SessionId, [], []);

    /// <summary>
    /// The same while the device has codes of its own left. After that it shares the number's codes with all other
    /// devices.
    /// </summary>
    public static DeviceActivity? FindDeviceForCode(this PhoneState phone, KnownDevice? device, DateTimeOffset now) =>
        phone.FindDevice(device) is { } known && DeviceCodes.GetRetryAfter(known.CodesIssuedAt, now) is null ? known : null;

    public static PhoneState WithDevice(this PhoneState phone, DeviceActivity device) => phone with
    {
        Devices = [.. phone.Devices.Where(known => known.SessionId != device.SessionId).TakeLast(MaxDevices - 1), device],
    };

    /// <summary>Counts a wrong password: against the device if it is known, otherwise against the number.</summary>
    public static PhoneState CountWrongPassword(this PhoneState phone, DeviceActivity? device, DateTimeOffset now) => device is null
        ? phone with { WrongPasswords = WrongPasswords.Record(phone.WrongPasswords, now) }
        : phone.WithDevice(device with { WrongPasswords = WrongPasswords.Record(device.WrongPasswords, now) });

    /// <summary>Removes the counts of wrong passwords, because they say nothing about a new password.</summary>
    public static PhoneState ClearWrongPasswords(this PhoneState phone) => phone with
    {
        WrongPasswords = [],
        Devices = [.. phone.Devices.Select(device => device with { WrongPasswords = [] })],
    };

    /// <summary>The daily limit of reset codes. Half of the day's codes are left for the owner to sign in.</summary>
    private static int GetResetsPerDay(int perDay) => (perDay + 1) / 2;

    private static ImmutableArray<DateTimeOffset> RecordWithinDay(ImmutableArray<DateTimeOffset> past, int most, DateTimeOffset now) =>
        new SlidingWindowLimit(most, Day).Record(past, now);

    private static IssueCodeOutcome.RateLimited? ToRefusal(TimeSpan? soon, TimeSpan? today, int perDay) =>
        today > (soon ?? TimeSpan.Zero) ? new IssueCodeOutcome.RateLimited(today.Value, perDay)
        : soon is { } wait ? new IssueCodeOutcome.RateLimited(wait)
        : null;
}

/// <summary>A maximum count in any period of a given length.</summary>
/// <param name="MaxCount">The maximum count.</param>
/// <param name="Window">The length of the period.</param>
internal readonly record struct SlidingWindowLimit(int MaxCount, TimeSpan Window)
{
    /// <summary>How long until one more is allowed; null when one is allowed now.</summary>
    /// <param name="past">The newest <see cref="MaxCount"/> times, newest last.</param>
    /// <param name="now">The current time. If the clock was set back, the wait is still not longer than the window.</param>
    public TimeSpan? GetRetryAfter(ImmutableArray<DateTimeOffset> past, DateTimeOffset now)
    {
        if (past.Length < MaxCount)
        {
            return null;
        }

        var wait = past[^MaxCount] + Window - now;
        return wait <= TimeSpan.Zero ? null : wait < Window ? wait : Window;
    }

    /// <summary>The times to remember after one more.</summary>
    public ImmutableArray<DateTimeOffset> Record(ImmutableArray<DateTimeOffset> past, DateTimeOffset now) =>
        [.. past.TakeLast(MaxCount - 1), now];
}
