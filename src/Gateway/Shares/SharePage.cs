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

    private const string Styles = "<link rel=\"stylesheet\" href=\"/css/base.css\">\n<link rel=\"stylesheet\" href=\"/css/rich.css\">\n<link rel=\"stylesheet\" href=\"/css/share.css\">";

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
        var page = new StringBuilder(ConversationHtml.Begin(
            shared.Share.Name, $"Shared on {ConversationHtml.FormatDate(shared.Share.CreatedAt)}", "<meta name=\"robots\" content=\"noindex\">\n" + Styles));
        foreach (var message in shared.Messages)
        {
            var text = html.GetValueOrDefault(message.Id) ?? PlainTextHtml.ToHtml(message.Content);
            page.Append(ConversationHtml.Write(message, text, Note(message.Status) + WriteSuggestions(message.Grounding)));
        }

        if (shared.Next is { } next)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p><a rel=\"next\" href=\"{SharePath.Page}{token}?cursor={next}\">Next page</a></p>\n");
        }

        return page.Append(ConversationHtml.End).ToString();
    }

    /// <summary>Google's suggestions as they are, in a frame that cannot run scripts or reach the page.</summary>
    private static string? WriteSuggestions(ReplyGrounding? grounding) => grounding?.SearchSuggestions is not { } suggestions ? null
        : $"<iframe title=\"Google Search\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\" srcdoc=\"{HtmlEncoder.Default.Encode($"<base target=\"_blank\">{suggestions}")}\"></iframe>\n";

    private static string? Note(MessageStatus status) => status switch
    {
        MessageStatus.Stopped => "<p class=\"note\">The answer was stopped here.</p>\n",
        MessageStatus.Incomplete => "<p class=\"note\">The answer ends early.</p>\n",
        MessageStatus.Failed => "<p class=\"note\">There is no answer.</p>\n",
        _ => null,
    };
}
