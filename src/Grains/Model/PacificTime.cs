namespace GeminiChat.Grains.Model;

/// <summary>The time zone in which Google counts the days of a quota.</summary>
internal static class PacificTime
{
    // On a machine without a time zone database, the end of the day is wrong by at most an hour.
    private static readonly TimeZoneInfo Zone =
        TimeZoneInfo.TryFindSystemTimeZoneById("America/Los_Angeles", out var zone)
            ? zone
            : TimeZoneInfo.CreateCustomTimeZone("PST", TimeSpan.FromHours(-8), "PST", "PST");

    /// <summary>The first midnight after a given time.</summary>
    public static DateTimeOffset NextMidnight(DateTimeOffset now)
    {
        var tomorrow = TimeZoneInfo.ConvertTime(now, Zone).Date.AddDays(1);
        return new DateTimeOffset(tomorrow, Zone.GetUtcOffset(tomorrow)).ToUniversalTime();
    }
}
