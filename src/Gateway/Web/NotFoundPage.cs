using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>The page for an unknown address, in a language of the browser. Clients that are not browsers get a <see cref="Problem"/>.</summary>
internal static class NotFoundPage
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Whether a browser asks for a page. It names HTML, and sends no token.</summary>
    public static bool IsFor(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers.Authorization.Count == 0
        && request.Headers.Accept.ToString().Contains(MediaTypeNames.Text.Html, StringComparison.OrdinalIgnoreCase);

    /// <summary>The page. It says what is not there.</summary>
    /// <param name="type">The type of the problem.</param>
    /// <param name="http">The request.</param>
    public static ContentHttpResult Create(string type, HttpContext http)
    {
        var words = NotFoundWords.For(http.Request);
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.CacheControl = ResponseHeaderExtensions.NoStore;
        headers["Referrer-Policy"] = "no-referrer";
        headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        headers.Append(HeaderNames.Vary, HeaderNames.AcceptLanguage);
        headers.ContentLanguage = words.Language;
        var sentence = type == ProblemTypes.ShareEnded ? words.NotShared : words.Nothing;
        return TypedResults.Content(Write(words, sentence), MediaTypeNames.Text.Html, Encoding.UTF8, StatusCodes.Status404NotFound);
    }

    private static string Write(NotFoundWords words, string sentence) => $"""
        <!DOCTYPE html>
        <html lang="{words.Language}" dir="{words.Direction}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="robots" content="noindex">
        <title>{words.Title} · GeminiChat</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/css/not-found.css">
        </head>
        <body>
        <main>
        <img src="/icon.svg" alt="" width="56" height="56">
        <h1>404</h1>
        <p>{sentence}</p>
        <a class="button primary" href="/">{words.ToStart}</a>
        </main>
        </body>
        </html>
        """;
}
