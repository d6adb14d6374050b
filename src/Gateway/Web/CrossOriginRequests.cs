using GeminiChat.Gateway.Settings;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>Lets the pages of other origins call the API (CORS): the origins of <see cref="CorsOriginOptions"/>.</summary>
internal static class CrossOriginRequests
{
    private const string LastEventIdHeader = "Last-Event-ID";

    // The most that Chromium keeps an answer to a preflight.
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(2);

    private static readonly string[] Methods =
        [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete];

    private static readonly string[] RequestHeaders =
    [
        HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.Accept, IdempotencyKey.HeaderName, HeaderNames.IfMatch,
        HeaderNames.IfNoneMatch, LastEventIdHeader, HeaderNames.Range, HeaderNames.TraceParent,
    ];

    // Without this list, a page can read only the headers that Fetch calls safe.
    private static readonly string[] ResponseHeaders =
    [
        HeaderNames.Location, HeaderNames.RetryAfter, "RateLimit", "RateLimit-Policy", HeaderNames.ETag, HeaderNames.Link,
        "X-Vercel-AI-UI-Message-Stream", HeaderNames.TraceParent,
    ];

    public static void AddCrossOriginRequests(this IServiceCollection services) => services.AddCors();

    /// <summary>
    /// Must come before everything that answers requests: a page cannot read an error without these headers, and a preflight has
    /// no token. Tokens are sent in a header and never in a cookie, so no credentials are allowed.
    /// </summary>
    public static void UseCrossOriginRequests(this WebApplication app)
    {
        var origins = app.Services.GetRequiredService<IOptions<CorsOriginOptions>>().Value;
        if (!origins.AllowsAny)
        {
            return;
        }

        app.Use(VaryByOrigin);
        app.UseCors(policy => policy
            .SetIsOriginAllowed(origins.IsAllowed)
            .WithMethods(Methods)
            .WithHeaders(RequestHeaders)
            .WithExposedHeaders(ResponseHeaders)
            .SetPreflightMaxAge(PreflightMaxAge));
    }

    // The framework adds the header to answers to allowed origins only. A cache could give their pages an answer to another request.
    private static Task VaryByOrigin(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(
            static state =>
            {
                var headers = ((HttpResponse)state).Headers;
                if (!headers.GetCommaSeparatedValues(HeaderNames.Vary).Contains(HeaderNames.Origin, StringComparer.OrdinalIgnoreCase))
                {
                    headers.Append(HeaderNames.Vary, HeaderNames.Origin);
                }

                return Task.CompletedTask;
            },
            http.Response);
        return next(http);
    }
}
