using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Events;

/// <summary>How many event streams one user may have open: one for each device, and some to spare.</summary>
internal sealed class NoticeStreamLimiter() : StreamLimiter(MaxStreams)
{
    public const int MaxStreams = 20;

    public static Problem LimitReached { get; } = new(
        StatusCodes.Status429TooManyRequests,
        $"You have {MaxStreams} event streams open, as many as one may have. Close one first.")
    {
        RetryAfter = 5,
    };
}
