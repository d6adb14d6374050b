namespace GeminiChat.Grains.Model;

/// <summary>The time zone in which Google counts the days of a quota.</summary>
internal static class PacificTime
{
    // A machine without a time zone database still gets a day's end that is at most an hour off.
    private static readonly TimeZoneInfo Zone =
        TimeZoneInfo.TryFindSystemTimeZoneById("America/Los_Angeles", out var zone)
            ? zone
            : TimeZoneInfo.CreateCustomTimeZone("PST", TimeSpan.FromHours(-8), "PST", "PST");

    /// <summary>The first midnight after a moment.</summary>
    public static DateTimeOffset NextMidnight(DateTimeOffset now)
    {
        var tomorrow = TimeZoneInfo.ConvertTime(now, Zone).Date.AddDays(1);
        return new DateTimeOffset(tomorrow, Zone.GetUtcOffset(tomorrow)).ToUniversalTime();
    }
}
