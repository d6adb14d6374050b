namespace GeminiChat.Silo.Webhooks;

/// <summary>When an event that was not delivered is sent again: the schedule of Standard Webhooks, which ends after three days.</summary>
internal static class WebhookRetries
{
    /// <summary>An event that was not delivered by this age is given up.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(3);

    /// <summary>The longest wait that a receiver can ask for.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    /// <summary>The time of the next attempt, at the latest at the maximum age; null when that has passed.</summary>
    /// <param name="attempts">How many attempts have failed, at least one.</param>
    /// <param name="createdAt">When the event was stored.</param>
    /// <param name="now">The time.</param>
    /// <param name="retryAfter">The wait that the receiver asks for.</param>
    /// <param name="jitter">The factor by which the delay differs from the schedule.</param>
    public static DateTimeOffset? GetNextAttempt(
        int attempts, DateTimeOffset createdAt, DateTimeOffset now, TimeSpan? retryAfter, double jitter)
    {
        var end = createdAt + MaxAge;
        if (now >= end)
        {
            return null;
        }

        var delay = Delays[Math.Clamp(attempts, 1, Delays.Length) - 1] * jitter;
        if (retryAfter > delay)
        {
            delay = retryAfter < MaxRetryAfter ? retryAfter.Value : MaxRetryAfter;
        }

        return now + delay < end ? now + delay : end;
    }
}
