using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>Writes rendered bytes, or 304 when the client has them.</summary>
/// <param name="body">The bytes.</param>
/// <param name="link">The <c>Link</c> header, if there is a next page.</param>
/// <param name="tagged">Whether clients may ask again with <c>If-None-Match</c>.</param>
internal sealed class RenderedResult(Rendered body, string? link = null, bool tagged = false) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (link is not null)
        {
            response.Headers.Link = link;
        }

        if (tagged)
        {
            response.Headers.ETag = body.Tag;
            if (IsKnown(httpContext.Request, body.Tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Bytes.Length;
        return response.Body.WriteAsync(body.Bytes, httpContext.RequestAborted).AsTask();
    }

    private static bool IsKnown(HttpRequest request, string tag)
    {
        var known = request.Headers.IfNoneMatch;
        if (known.Count == 0)
        {
            return false;
        }

        return known == tag
            || (EntityTagHeaderValue.TryParseList(known, out var tags) && tags.Any(one => IsMatch(one, tag)));
    }

    // RFC 9110, 13.1.2: the weak comparison.
    private static bool IsMatch(EntityTagHeaderValue one, string tag) =>
        one.Equals(EntityTagHeaderValue.Any) || one.Tag.Equals(tag, StringComparison.Ordinal);
}
