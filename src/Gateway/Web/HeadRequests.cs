namespace GeminiChat.Gateway.Web;

/// <summary>
/// Answers HEAD for every route with GET (RFC 9110, 9.3.2): the handler runs, and the web server leaves the body out.
/// Handlers of endless streams must check for HEAD and return at once.
/// </summary>
internal static class HeadRequests
{
    /// <summary>The routes that are mapped with the result take HEAD besides GET.</summary>
    public static RouteGroupBuilder WithHead(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("");
        ((IEndpointConventionBuilder)routes).Finally(static endpoint =>
        {
            if (endpoint.Metadata.OfType<HttpMethodMetadata>().LastOrDefault() is { HttpMethods: [var only] } && HttpMethods.IsGet(only))
            {
                endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
            }
        });
        return routes;
    }
}
