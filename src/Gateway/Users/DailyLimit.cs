namespace GeminiChat.Gateway.Users;

/// <summary>The daily limit in headers and problems.</summary>
internal static class DailyLimit
{
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);

    /// <summary>Writes the headers, if there is a limit.</summary>
    public static void WriteHeaders(HttpResponse response, DailyUsage usage, TimeProvider time)
    {
        if (usage.Remaining() is { } remaining)
        {
            ToRateLimitPolicy(usage).WriteHeaders(response, remaining, SecondsUntilReset(usage, time));
        }
    }

    public static Problem Reached(DailyUsage usage, TimeProvider time) => Reached(usage, SecondsUntilReset(usage, time));

    public static Problem Reached(DailyUsage usage, int seconds) => new(
        StatusCodes.Status429TooManyRequests, Detail(usage), seconds)
    {
        Type = ProblemTypes.DailyLimit,
        RateLimit = ToRateLimitPolicy(usage),
        Usage = usage,
    };

    public static Problem SearchReached(DailyUsage usage, TimeProvider time) => SearchReached(usage, SecondsUntilReset(usage, time));

    public static Problem SearchReached(DailyUsage usage, int seconds) => new(
        StatusCodes.Status429TooManyRequests,
        $"The model has made the {usage.SearchLimit} web searches a day of {usage.Tier} for you. There are more at midnight UTC. Without search, the message can be sent now.",
        seconds)
    {
        Type = ProblemTypes.SearchLimit,
        RateLimit = new RateLimitPolicy("searches", usage.SearchLimit, Window),
        Usage = usage with { Limit = usage.SearchLimit, Used = usage.SearchQueries },
    };

    private static string Detail(DailyUsage usage) => usage.Used >= usage.Limit
        ? $"You have used the {usage.Limit} messages a day of {usage.Tier}. There are more at midnight UTC."
        : $"You have sent {usage.Accepted} messages today, {DailyUsage.AcceptedLimitMultiplier} times the {usage.Limit} a day of "
            + $"{usage.Tier}, those included that were stopped or failed. You can send more from midnight UTC.";

    private static RateLimitPolicy ToRateLimitPolicy(DailyUsage usage) => new("messages", usage.Limit, Window);

    private static int SecondsUntilReset(DailyUsage usage, TimeProvider time) => RateLimitPolicy.ToRetryAfterSeconds(usage.ResetsAt - time.GetUtcNow());
}
