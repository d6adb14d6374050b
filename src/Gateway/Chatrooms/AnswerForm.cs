using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>How a reply is handed out.</summary>
internal enum AnswerForm
{
    /// <summary>At once, as JSON, before it is written.</summary>
    Json,

    /// <summary>As an event stream, while it is written.</summary>
    Events,

    /// <summary>As bare text, while it is written.</summary>
    PlainText,
}

/// <summary>Chooses by <c>Accept</c>. What nobody here can write gets JSON: RFC 9110, 12.5.1, allows that.</summary>
internal static class AnswerForms
{
    public const string EventStream = "text/event-stream";
    public const string PlainText = "text/plain";

    public static AnswerForm Of(StringValues accept)
    {
        if (accept.Count == 0)
        {
            return AnswerForm.Json;
        }

        if (accept is [{ } only] && Exactly(only) is { } form)
        {
            return form;
        }

        return MediaTypeHeaderValue.TryParseList(accept, out var types)
            ? types.Where(type => type.Quality is not 0)
                .OrderByDescending(type => type.Quality ?? 1)
                .Select(Nearest)
                .FirstOrDefault(near => near is not null) ?? AnswerForm.Json
            : AnswerForm.Json;
    }

    private static AnswerForm? Nearest(MediaTypeHeaderValue type) => Exactly(type.MediaType.ToString());

    private static AnswerForm? Exactly(string type) => type.ToLowerInvariant() switch
    {
        "application/json" or "application/*" or "*/*" => AnswerForm.Json,
        EventStream => AnswerForm.Events,
        PlainText or "text/*" => AnswerForm.PlainText,
        _ => null,
    };
}
