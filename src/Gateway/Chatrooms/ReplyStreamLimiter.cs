using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>How many replies one user may follow at once.</summary>
internal sealed class ReplyStreamLimiter(IOptions<RequestOptions> options) : StreamLimiter(options.Value.ReplyStreamsPerUser)
{
    public static Problem LimitReached(int streamsPerUser) => new(
        StatusCodes.Status429TooManyRequests,
        $"You follow {streamsPerUser} replies, as many as one may at once. Leave one first, or ask for JSON.")
    {
        RetryAfter = 5,
    };

    /// <summary>
    /// Takes a place for a request that asks for a stream, until it ends. Before anything else is done for it: a message
    /// must not be refused when it is stored already.
    /// </summary>
    public static ValueTask<object?> AcquireForRequest(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsHead(http.Request.Method) || ReplyFormats.OfReply(http.Request.Headers.Accept) is ReplyFormat.Json)
        {
            return next(context);
        }

        var limit = http.RequestServices.GetRequiredService<ReplyStreamLimiter>();
        var place = limit.Acquire(((UserPrincipal)http.User).UserId);
        http.Response.RegisterForDispose(place);
        return place.IsAcquired ? next(context) : new(LimitReached(limit.StreamsPerUser));
    }
}
