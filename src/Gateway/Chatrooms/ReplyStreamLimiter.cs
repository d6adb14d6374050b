using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Limits the reply streams that one user may hold open.</summary>
internal sealed class ReplyStreamLimiter(IOptions<RequestOptions> options) : UserConcurrencyLimiter(options.Value.ReplyStreamsPerUser)
{
    public static Problem LimitReached(int streamsPerUser) => new(
        StatusCodes.Status429TooManyRequests,
        $"You have {streamsPerUser} reply streams open, which is the limit. Close one first, or ask for JSON.",
        retryAfter: 5)
    { Type = ProblemTypes.StreamsLimit };

    /// <summary>
    /// An endpoint filter that acquires a lease for each request that wants a stream. It runs before the handler, because a message
    /// that is already stored must not be refused.
    /// </summary>
    public static ValueTask<object?> AcquireForRequest(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsHead(http.Request.Method) || ReplyFormats.OfReply(http) is ReplyFormat.Json)
        {
            return next(context);
        }

        var limit = http.RequestServices.GetRequiredService<ReplyStreamLimiter>();
        if (limit.Acquire(((UserPrincipal)http.User).UserId) is not { } lease)
        {
            return new(LimitReached(limit.MaxPerUser));
        }

        http.Response.RegisterForDispose(lease);
        return next(context);
    }
}

/// <summary>Limits the reply streams with HTML that one user may hold open. Others have their text only.</summary>
internal sealed class HtmlStreamLimiter() : UserConcurrencyLimiter(MaxStreams)
{
    public const int MaxStreams = 4;
}
