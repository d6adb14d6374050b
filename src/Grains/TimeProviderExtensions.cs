namespace GeminiChat.Grains;

/// <summary>Reads the time with the precision of the rows.</summary>
internal static class TimeProviderExtensions
{
    /// <summary>The current time in whole milliseconds, so that the stored value equals the shown one.</summary>
    public static DateTimeOffset GetUtcNowToMillisecond(this TimeProvider time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
