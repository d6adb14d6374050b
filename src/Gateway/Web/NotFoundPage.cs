using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Web;

/// <summary>What a person sees who follows a link to nothing. Programs get a <see cref="Problem"/>.</summary>
internal static class NotFoundPage
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Whether a browser asks for a page. It names HTML, and sends no token.</summary>
    public static bool IsFor(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers.Authorization.Count == 0
        && request.Headers.Accept.ToString().Contains(MediaTypeNames.Text.Html, StringComparison.OrdinalIgnoreCase);

    /// <summary>The page, with a sentence that says what is not there.</summary>
    public static ContentHttpResult Create(string sentence, HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.CacheControl = ResponseHeaderExtensions.NoStore;
        headers["Referrer-Policy"] = "no-referrer";
        headers.Append("Vary", "Accept");
        return TypedResults.Content(Write(sentence), MediaTypeNames.Text.Html, Encoding.UTF8, StatusCodes.Status404NotFound);
    }

    private static string Write(string sentence) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="robots" content="noindex">
        <title>Not found · GeminiChat</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/css/not-found.css">
        </head>
        <body>
        <main>
        <img src="/icon.svg" alt="" width="56" height="56">
        <h1>404</h1>
        <p>{HtmlEncoder.Default.Encode(sentence)}</p>
        <a class="button primary" href="/">Go to GeminiChat</a>
        </main>
        </body>
        </html>
        """;
}
