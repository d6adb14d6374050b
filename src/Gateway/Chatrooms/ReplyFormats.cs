using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>How a reply is handed out.</summary>
internal enum ReplyFormat
{
    /// <summary>At once, as JSON, before it is written.</summary>
    Json,

    /// <summary>As an event stream, while it is written.</summary>
    EventStream,

    /// <summary>As bare text, while it is written.</summary>
    PlainText,
}

/// <summary>How a room is downloaded.</summary>
internal enum ExportFormat
{
    /// <summary>Everything there is.</summary>
    Json,

    /// <summary>The conversation, to be read by people.</summary>
    Markdown,
}

/// <summary>
/// Chooses the form of an answer by <c>Accept</c>. A client that accepts none of the forms gets JSON: RFC 9110, 12.5.1,
/// allows that.
/// </summary>
internal static class ReplyFormats
{
    public const string EventStreamMediaType = "text/event-stream";
    public const string PlainTextMediaType = "text/plain";
    public const string MarkdownMediaType = "text/markdown";

    /// <summary>The form of a reply.</summary>
    public static ReplyFormat OfReply(StringValues accept) =>
        accept is [{ } only] && ReplyForm(only) is { } form ? form : FromAccept(accept, ReplyForm);

    /// <summary>The form of a download: that of the query, or else by <c>Accept</c>; null when the query names none that there is.</summary>
    public static ExportFormat? OfExport(string? format, StringValues accept) => format switch
    {
        null => FromAccept(accept, DownloadForm),
        "json" => ExportFormat.Json,
        "markdown" => ExportFormat.Markdown,
        _ => null,
    };

    private static T FromAccept<T>(StringValues accept, Func<string, T?> find)
        where T : struct, Enum =>
        MediaTypeHeaderValue.TryParseList(accept, out var types)
            ? types.Where(type => type.Quality is not 0)
                .OrderByDescending(type => type.Quality ?? 1)
                .Select(type => find(type.MediaType.ToString()))
                .FirstOrDefault(form => form is not null) ?? default
            : default;

    private static ReplyFormat? ReplyForm(string type) => type.ToLowerInvariant() switch
    {
        "application/json" or "application/*" or "*/*" => ReplyFormat.Json,
        EventStreamMediaType => ReplyFormat.EventStream,
        PlainTextMediaType or "text/*" => ReplyFormat.PlainText,
        _ => null,
    };

    private static ExportFormat? DownloadForm(string type) => type.ToLowerInvariant() switch
    {
        "application/json" or "application/*" or "*/*" => ExportFormat.Json,
        MarkdownMediaType or "text/*" => ExportFormat.Markdown,
        _ => null,
    };
}
