using System.Net.Mime;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Notices;

/// <summary>The event stream of a user's notices.</summary>
internal static class NoticeEndpoints
{
    private const string EventsDescription = """
        Server-sent events, each with JSON in `data`, whose `type` is the name of the event, and the place to read on from in `id`:

        | event | data, besides `type` |
        |---|---|
        | `connected` | nothing: the stream begins here. It comes first, without `Last-Event-ID` only |
        | `created`, `renamed` | `{id, name, created_at, updated_at, version, pinned?, archived?}` |
        | `updated` | the same and `head`: the room was pinned or archived, or another branch of it is shown |
        | `deleted` | `{id}` |
        | `queued` | `{id, reply_id, position, updated_at, version}` |
        | `generating` | `{id, reply_id}` |
        | `finished` | `{id, reply_id, status, updated_at, version}` |
        | `tier` | `{tier}`: `Basic` or `Pro` |
        | `reload` | nothing: events are missing before this one; read the rooms anew |
        | `reconnect` | nothing: the server is leaving, or the access token has expired; connect again with the last id and a valid token |
        | `error` | problem details without the name of the event: the session has ended |

        `id` in the data is always the room's. Ignore events of other names: there can be more. The last 512 events are
        kept until a minute after the last reader disconnected. A user may have 20 streams open at a server.
        """;

    public static void AddNotices(this IServiceCollection services) => services.AddSingleton<NoticeStreamLimiter>();

    public static void MapNotices(this IEndpointRouteBuilder app) =>
        app.MapGet("/events", Follow).WithTags("Events").RequireAuthorization()
            .WithName("followEvents").WithSummary("Follow the rooms as they change").WithDescription(EventsDescription).WithLastEventId()
            .ProducesEvents(NoticeExamples.Events).ProducesProblem(NoticeStreamLimiter.LimitReached);

    private static async Task<IResult> Follow(
        Caller caller, IGrainFactory grains, NoticeStreamLimiter limit, StreamPump pump, HttpContext http)
    {
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.BeginStream(MediaTypeNames.Text.EventStream);
            return Results.Empty;
        }

        using var lease = limit.Acquire(caller.UserId);
        if (lease is null)
        {
            return NoticeStreamLimiter.LimitReached;
        }

        var user = grains.User(caller.UserId);
        var seen = LastEventId.Of(http.Request);
        NoticeCursor? start = null;
        if (seen is null)
        {
            // Before the first byte: a client that reads the rooms after the stream is open must not miss a notice.
            start = (await GrainCalls.RetryAsync(() => user.FollowNotices(null, CancellationToken.None), http.RequestAborted))?.Next;
            if (start is null)
            {
                return JwtBearerSetup.Challenge(http);
            }
        }

        var from = start ?? (NoticeCursor.TryParse(seen, out var cursor) ? cursor : NoticeCursor.Invalid);
        await pump.CopyAsync(
            caller.Principal, new NoticeSource(user, from), new NoticeEventStream(http, start), http.RequestAborted);
        return Results.Empty;
    }
}
