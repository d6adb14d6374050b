namespace GeminiChat.Gateway.Streams;

/// <summary>The id after which a client resumes a stream.</summary>
internal static class LastEventId
{
    public const string Header = "Last-Event-ID";

    /// <summary>A query parameter, for clients that cannot send the header.</summary>
    public const string Parameter = "last_event_id";

    /// <summary>
    /// Null for a new client. The header takes precedence, because a client that reconnects automatically sends the newer id
    /// there and an old one in the query.
    /// </summary>
    public static string? Of(HttpRequest request) =>
        request.Headers[Header] is { Count: > 0 } seen ? seen.ToString()
        : request.Query[Parameter].LastOrDefault(static given => !string.IsNullOrEmpty(given));

    public static RouteHandlerBuilder WithLastEventId(this RouteHandlerBuilder route) => route.WithRequestHeader(Header).WithQueryParameter(Parameter);
}
