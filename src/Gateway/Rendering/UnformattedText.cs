using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace GeminiChat.Gateway.Rendering;

/// <summary>Text that is shown as it was written, without formatting, because formatting it would cost too much.</summary>
internal static class UnformattedText
{
    /// <summary>The class of such a paragraph: the page keeps its line breaks.</summary>
    public const string Class = "plain";

    public static string ToHtml(string text) => $"<p class=\"{Class}\">{Escape(text)}</p>\n";

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Makes a block's content plain text.</summary>
    public static void MakeUnformatted(LeafBlock block)
    {
        block.ProcessInlines = false;
        block.GetAttributes().AddClass(Class);
        block.Inline = new ContainerInline();
        block.Inline.AppendChild(new LiteralInline(block.Lines.ToString()));
    }
}
