using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax.Inlines;

namespace GeminiChat.Gateway.Rendering;

/// <summary>Writes the links of replies. A link that leads neither to the web nor to mail is written as text.</summary>
internal static class ReplyLinks
{
    // A link definition can be used many times, and each use writes the whole address.
    private const int MaxUrlLength = 2_000;

    private static void WriteOpeningTag(HtmlRenderer renderer, string url) => renderer
        .Write("<a href=\"").WriteEscapeUrl(url).Write("\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">");

    private static bool IsSafe(string url) => url.Length <= MaxUrlLength && Uri.TryCreate(url, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeMailto);

    /// <summary>
    /// Links, addresses in the text, and pictures: loading a picture would tell its server who reads it. A picture of one of the user's
    /// files is its description with the file's id: the page loads it with the token of the user.
    /// </summary>
    public sealed class LinkRenderer : HtmlObjectRenderer<LinkInline>
    {
        private const string FilesPath = "/files/";
        private const string ContentPath = "/content";

        protected override void Write(HtmlRenderer renderer, LinkInline obj)
        {
            var url = obj.GetDynamicUrl?.Invoke() ?? obj.Url ?? "";
            if (obj.IsImage && FileOf(url) is { } file)
            {
                renderer.Write($"<span class=\"picture\" data-file=\"{file}\">");
                renderer.WriteChildren(obj);
                renderer.Write("</span>");
                return;
            }

            var isLink = IsSafe(url) && !IsInLink(obj);
            if (isLink)
            {
                WriteOpeningTag(renderer, url);
            }

            if (obj.FirstChild is null)
            {
                renderer.WriteEscape(url);
            }

            renderer.WriteChildren(obj);
            if (isLink)
            {
                renderer.Write("</a>");
            }
        }

        /// <summary>The file whose picture it is, as it is served to its user; null for any other address.</summary>
        private static Guid? FileOf(string url) =>
            url.StartsWith(FilesPath, StringComparison.Ordinal) && url.EndsWith(ContentPath, StringComparison.Ordinal)
            && Guid.TryParseExact(url.AsSpan(FilesPath.Length, Math.Max(0, url.Length - FilesPath.Length - ContentPath.Length)), "D", out var file) ? file : null;

        private static bool IsInLink(LinkInline link)
        {
            var outer = link.Parent;
            while (outer is not null and not LinkInline { IsImage: false })
            {
                outer = outer.Parent;
            }

            return outer is not null;
        }
    }

    /// <summary><c>&lt;address&gt;</c>.</summary>
    public sealed class AutolinkRenderer : HtmlObjectRenderer<AutolinkInline>
    {
        protected override void Write(HtmlRenderer renderer, AutolinkInline obj)
        {
            var url = obj.IsEmail ? $"mailto:{obj.Url}" : obj.Url;
            if (!IsSafe(url))
            {
                renderer.WriteEscape(obj.Url);
                return;
            }

            WriteOpeningTag(renderer, url);
            renderer.WriteEscape(obj.Url).Write("</a>");
        }
    }
}
