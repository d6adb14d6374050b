using System.Net.Mime;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Chatrooms;

internal enum ReplyFormat
{
    /// <summary>As JSON at once, before the reply is written.</summary>
    Json,

    /// <summary>As text only, while the reply is written.</summary>
    PlainText,

    /// <summary>As events, while the reply is written.</summary>
    EventStream,
}

internal enum ExportFormat
{
    /// <summary>Everything, including superseded replies.</summary>
    Json,

    /// <summary>The conversation as a document.</summary>
    Markdown,

    /// <summary>The conversation as a page.</summary>
    Html,
}

/// <summary>Metadata of a route whose only format is an event stream.</summary>
internal sealed class EventStreamRoute;

/// <summary>
/// Chooses the format of an answer: that of the route if it has only one, otherwise by <c>Accept</c> (RFC 9110, 12.5.1). A client that
/// accepts none of several formats gets JSON, as the RFC allows.
/// </summary>
internal static class ReplyFormats
{
    public static Problem NotAcceptable { get; } = new(
        StatusCodes.Status406NotAcceptable, "This address only has an event stream: Accept must allow text/event-stream, or be left out.");

    // Of formats that a client likes equally, the first one is chosen.
    private static readonly string[] ReplyTypes = [MediaTypeNames.Application.Json, MediaTypeNames.Text.Plain, MediaTypeNames.Text.EventStream];
    private static readonly string[] ExportTypes = [MediaTypeNames.Application.Json, MediaTypeNames.Text.Markdown, MediaTypeNames.Text.Html];

    public static ReplyFormat OfReply(HttpContext http) =>
        IsEventStreamOnly(http) ? ReplyFormat.EventStream : OfReply(http.Request.Headers.Accept);

    public static ReplyFormat OfReply(StringValues accept) => (ReplyFormat)(FindPreferred(accept, ReplyTypes) ?? 0);

    /// <summary>The query takes precedence over <c>Accept</c>. Null if the query has an unknown format.</summary>
    public static ExportFormat? OfExport(string? format, StringValues accept) => format switch
    {
        null => (ExportFormat)(FindPreferred(accept, ExportTypes) ?? 0),
        "json" => ExportFormat.Json,
        "markdown" => ExportFormat.Markdown,
        "html" => ExportFormat.Html,
        _ => null,
    };

    public static bool IsEventStreamOnly(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<EventStreamRoute>() is not null;

    /// <summary>An endpoint filter that refuses a client that accepts no event stream, before anything is done.</summary>
    public static ValueTask<object?> RequireEventStream(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        AllowEventStream(context.HttpContext.Request.Headers.Accept) ? next(context) : new(NotAcceptable);

    public static bool AllowEventStream(StringValues accept) => FindPreferred(accept, [MediaTypeNames.Text.EventStream]) is not null;

    /// <summary>
    /// The index of the media type that the client prefers: the one with the highest quality, then the one that the client names first.
    /// The first type if the header is absent or malformed; null if the client accepts none of them.
    /// </summary>
    private static int? FindPreferred(StringValues accept, ReadOnlySpan<string> types)
    {
        if (accept is [{ } only] && types.IndexOf(only) is var exact and >= 0)
        {
            return exact;
        }

        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges) || ranges is [])
        {
            return 0;
        }

        (int? Found, double Quality, int Place) best = (null, 0, int.MaxValue);
        for (var i = 0; i < types.Length; i++)
        {
            var (quality, place) = Rate(types[i], ranges);
            if (quality > best.Quality || (quality > 0 && quality == best.Quality && place < best.Place))
            {
                best = (i, quality, place);
            }
        }

        return best.Found;
    }

    /// <summary>The quality of a type and its place in the header. The most specific range that includes the type decides.</summary>
    private static (double Quality, int Place) Rate(string type, IList<MediaTypeHeaderValue> ranges)
    {
        var (quality, place, specificity) = (0.0, int.MaxValue, 0);
        foreach (var (i, range) in ranges.Index())
        {
            var own = range.MatchesAllTypes ? 1 : range.MatchesAllSubTypes ? 2 : 3;
            if (own > specificity && range.MatchesMediaType(type))
            {
                (quality, place, specificity) = (range.Quality ?? 1, i, own);
            }
        }

        return (quality, place);
    }
}
