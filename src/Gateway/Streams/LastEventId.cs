namespace GeminiChat.Gateway.Streams;

/// <summary>How a client says where to read on.</summary>
internal static class LastEventId
{
    public const string Header = "Last-Event-ID";

    /// <summary>In the query, for clients that cannot send the header.</summary>
    public const string Parameter = "last_event_id";

    /// <summary>
    /// The id of the last event that was read; null for a client that begins. The header wins: a client that connects again
    /// by itself sends it with the address that it was given.
    /// </summary>
    public static string? Of(HttpRequest request) =>
        request.Headers[Header] is { Count: > 0 } seen ? seen.ToString()
        : request.Query[Parameter].LastOrDefault(static given => !string.IsNullOrEmpty(given));

    /// <summary>The route reads on from there.</summary>
    public static RouteHandlerBuilder WithLastEventId(this RouteHandlerBuilder route) => route.WithRequestHeader(Header).WithQueryParameter(Parameter);
}
