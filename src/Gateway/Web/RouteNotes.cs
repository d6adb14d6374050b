namespace GeminiChat.Gateway.Web;

/// <summary>Short words for what a route's line in a table says to the OpenAPI document.</summary>
internal static class RouteNotes
{
    public static RouteHandlerBuilder Says(this RouteHandlerBuilder route, string summary) => route.WithSummary(summary);

    /// <summary>An answer with JSON.</summary>
    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, BodyType.Json);

    /// <summary>The same answer, as it comes.</summary>
    public static RouteHandlerBuilder Streams(this RouteHandlerBuilder route, params string[] types) =>
        route.Produces<string>(StatusCodes.Status200OK, types[0], types[1..]);

    /// <summary>Errors, each with problem details.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces(status, null, Problem.MediaType);
        }

        return route;
    }
}
