using System.Net.Mime;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Chatrooms;

internal enum ReplyFormat
{
    /// <summary>As JSON at once, before the reply is written.</summary>
    Json,

    /// <summary>As events, while the reply is written.</summary>
    EventStream,

    /// <summary>As text only, while the reply is written.</summary>
    PlainText,
}

internal enum ExportFormat
{
    /// <summary>Everything, including superseded replies.</summary>
    Json,

    /// <summary>The conversation as a document.</summary>
    Markdown,
}

/// <summary>
/// Chooses the format of an answer by <c>Accept</c>. A client that accepts none of the formats gets JSON, as RFC 9110, 12.5.1,
/// allows.
/// </summary>
internal static class ReplyFormats
{
    public static ReplyFormat OfReply(StringValues accept) =>
        accept is [{ } only] && ReplyForm(only) is { } form ? form : FromAccept(accept, ReplyForm);

    /// <summary>The query takes precedence over <c>Accept</c>. Null if the query has an unknown format.</summary>
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
        MediaTypeNames.Text.EventStream => ReplyFormat.EventStream,
        MediaTypeNames.Text.Plain or "text/*" => ReplyFormat.PlainText,
        _ => null,
    };

    private static ExportFormat? DownloadForm(string type) => type.ToLowerInvariant() switch
    {
        "application/json" or "application/*" or "*/*" => ExportFormat.Json,
        MediaTypeNames.Text.Markdown or "text/*" => ExportFormat.Markdown,
        _ => null,
    };
}
