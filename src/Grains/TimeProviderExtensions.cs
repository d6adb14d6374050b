namespace GeminiChat.Grains;

/// <summary>Time as the rows keep it.</summary>
internal static class TimeProviderExtensions
{
    /// <summary>Now, to the millisecond: what is stored is what is shown.</summary>
    public static DateTimeOffset GetUtcNowToMillisecond(this TimeProvider time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
