using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace GeminiChat.Gateway.Rendering;

/// <summary>Text as HTML without formatting: messages of users, and parts of replies whose formatting would cost too much.</summary>
internal static class PlainTextHtml
{
    /// <summary>The CSS class. The page keeps the line breaks of such a paragraph.</summary>
    public const string Class = "plain";

    public static string ToHtml(string text) => $"<p class=\"{Class}\">{Escape(text)}</p>\n";

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    public static void Apply(LeafBlock block)
    {
        block.ProcessInlines = false;
        block.GetAttributes().AddClass(Class);
        block.Inline = new ContainerInline();
        block.Inline.AppendChild(new LiteralInline(block.Lines.ToString()));
    }
}
