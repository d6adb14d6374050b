using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax.Inlines;

namespace GeminiChat.Gateway.Rendering;

/// <summary>A formula within a text.</summary>
/// <param name="source">As it was written, with its delimiters.</param>
internal sealed class TexInline(string source) : LeafInline
{
    public string Source => source;
}

/// <summary>Writes the source of a formula, delimiters included, for a script on the page to find.</summary>
internal sealed class TexInlineRenderer : HtmlObjectRenderer<TexInline>
{
    protected override void Write(HtmlRenderer renderer, TexInline obj) =>
        renderer.Write("<span class=\"math\">").WriteEscape(obj.Source).Write("</span>");
}
