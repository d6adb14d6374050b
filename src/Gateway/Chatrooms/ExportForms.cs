using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>How a room is downloaded.</summary>
internal enum ExportForm
{
    /// <summary>Everything there is.</summary>
    Json,

    /// <summary>The conversation, to be read by people.</summary>
    Markdown,
}

/// <summary>Chooses by the query, or else by <c>Accept</c>.</summary>
internal static class ExportForms
{
    public const string Markdown = "text/markdown";

    /// <summary>The form asked for; null when the query names none that there is.</summary>
    public static ExportForm? Of(string? format, StringValues accept) => format switch
    {
        null => Preferred(accept),
        "json" => ExportForm.Json,
        "markdown" => ExportForm.Markdown,
        _ => null,
    };

    private static ExportForm Preferred(StringValues accept) =>
        MediaTypeHeaderValue.TryParseList(accept, out var types)
            ? types.Where(type => type.Quality is not 0)
                .OrderByDescending(type => type.Quality ?? 1)
                .Select(Nearest)
                .FirstOrDefault(form => form is not null) ?? ExportForm.Json
            : ExportForm.Json;

    private static ExportForm? Nearest(MediaTypeHeaderValue type) => type.MediaType.ToString().ToLowerInvariant() switch
    {
        "application/json" or "application/*" or "*/*" => ExportForm.Json,
        Markdown or "text/*" => ExportForm.Markdown,
        _ => null,
    };
}
