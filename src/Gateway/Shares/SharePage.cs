using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using GeminiChat.Gateway.Rendering;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Shares;

/// <summary>The page of a shared conversation: HTML without scripts, cookies and pictures.</summary>
internal static class SharePage
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // A frame has the policy of its page, and Google's suggestions bring their own styles.
    private const string ContentSecurityPolicyWithSuggestions =
        "default-src 'none'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>
    /// Headers of every answer, the JSON included. The address is a secret: no search engine may list it, no link may tell it to
    /// another site, and no cache may keep the answer beyond the end of the share.
    /// </summary>
    public static ValueTask<object?> AddHeaders(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.CacheControl = ResponseHeaderExtensions.NoStore;
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex";
        return next(context);
    }

    // A documentation comment would become the summary of the route.
    public static async Task<Results<ContentHttpResult, Problem>> Show(
        SharedQuery query, string token, IGrainFactory grains, ReplyRenderer renderer, HttpContext http)
    {
        if (await SharedConversation.ReadAsync(query, grains, http.RequestAborted) is not { } shared)
        {
            return ShareProblems.NotShared;
        }

        if (shared.Messages.Any(message => message.Grounding?.SearchSuggestions is not null))
        {
            http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicyWithSuggestions;
        }

        var html = await renderer.RenderAsync(shared.Messages, http.RequestAborted);
        return TypedResults.Content(Write(shared, token, html), MediaTypeNames.Text.Html, Encoding.UTF8);
    }

    /// <summary>Writes the page. A reply that is not in the HTML is shown as its Markdown.</summary>
    internal static string Write(SharedConversation shared, string token, IReadOnlyDictionary<long, string> html)
    {
        var name = HtmlEncoder.Default.Encode(shared.Share.Name);
        var page = new StringBuilder($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta name="robots" content="noindex">
            <meta name="referrer" content="no-referrer">
            <title>{name}</title>
            <link rel="stylesheet" href="/share.css">
            </head>
            <body>
            <main>
            <h1 dir="auto">{name}</h1>
            <p class="note">Shared on {shared.Share.CreatedAt.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}</p>

            """);
        foreach (var message in shared.Messages)
        {
            var isReply = message.Sender is Sender.Ai;
            var text = html.GetValueOrDefault(message.Id) ?? UnformattedText.ToHtml(message.Content);
            page.Append(CultureInfo.InvariantCulture, $"""
                <article class="{(isReply ? "reply" : "question")}" dir="auto">
                <h2>{(isReply ? "Assistant" : "User")}</h2>
                {text}{Note(message.Status)}{WriteGrounding(message.Grounding)}</article>

                """);
        }

        if (shared.Next is { } next)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p><a rel=\"next\" href=\"{SharePath.Page}{token}?cursor={next}\">Next page</a></p>\n");
        }

        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>The sources as links, and Google's suggestions as they are, in a frame that cannot run scripts or reach the page.</summary>
    private static string WriteGrounding(ReplyGrounding? grounding)
    {
        var html = new StringBuilder();
        if (grounding is { Sources: [_, ..] sources })
        {
            var links = sources.Select(source =>
                $"<li><a href=\"{HtmlEncoder.Default.Encode(source.Url)}\" rel=\"nofollow noreferrer\">{HtmlEncoder.Default.Encode(source.Title)}</a></li>\n");
            html.Append(CultureInfo.InvariantCulture, $"<ul class=\"note\">\n{string.Concat(links)}</ul>\n");
        }

        if (grounding?.SearchSuggestions is { } suggestions)
        {
            var document = HtmlEncoder.Default.Encode($"<base target=\"_blank\">{suggestions}");
            html.Append(CultureInfo.InvariantCulture, $"<iframe title=\"Google Search\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\" srcdoc=\"{document}\"></iframe>\n");
        }

        return html.ToString();
    }

    private static string? Note(MessageStatus status) => status switch
    {
        MessageStatus.Stopped => "<p class=\"note\">The answer was stopped here.</p>\n",
        MessageStatus.Incomplete => "<p class=\"note\">The answer ends early.</p>\n",
        MessageStatus.Failed => "<p class=\"note\">There is no answer.</p>\n",
        _ => null,
    };
}
