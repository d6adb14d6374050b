namespace GeminiChat.Gateway.Users;

/// <summary>How a user's daily limit is told to clients.</summary>
internal static class DailyLimit
{
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);

    /// <summary>Writes the headers, if there is a limit.</summary>
    public static void Tell(HttpResponse response, DailyUsage usage, TimeProvider time)
    {
        if (usage.Remaining() is { } remaining)
        {
            Policy(usage).Write(response, remaining, Seconds(usage, time));
        }
    }

    /// <summary>The answer to a request beyond the limit.</summary>
    public static Problem Reached(DailyUsage usage, TimeProvider time) => Reached(usage, Seconds(usage, time));

    /// <summary>The answer to a request beyond the limit, so many seconds before there are more.</summary>
    public static Problem Reached(DailyUsage usage, int seconds) => new(
        StatusCodes.Status429TooManyRequests, Detail(usage))
    {
        RetryAfter = seconds,
        Limit = Policy(usage),
        Usage = usage,
    };

    private static string Detail(DailyUsage usage) => usage.Used >= usage.Limit
        ? $"You have used the {usage.Limit} messages a day of {usage.Tier}. There are more at midnight UTC."
        : $"You have sent {usage.Accepted} messages today, {DailyUsage.AcceptedPerLimit} times the {usage.Limit} a day of "
            + $"{usage.Tier}, those included that were stopped or failed. You can send more from midnight UTC.";

    private static RateLimit Policy(DailyUsage usage) => new("messages", usage.Limit, Window);

    private static int Seconds(DailyUsage usage, TimeProvider time) => RateLimit.Seconds(usage.ResetsAt - time.GetUtcNow());
}
