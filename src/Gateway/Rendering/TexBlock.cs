using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>A formula that stands alone, from its opening delimiter to its closing one.</summary>
internal sealed class TexBlock(BlockParser parser) : LeafBlock(parser)
{
    /// <summary>The delimiter that ends it.</summary>
    public required string End { get; init; }
}

/// <summary>Writes the source of a formula, delimiters included, for a script on the page to find.</summary>
internal sealed class TexBlockRenderer : HtmlObjectRenderer<TexBlock>
{
    protected override void Write(HtmlRenderer renderer, TexBlock obj) => renderer
        .EnsureLine().Write("<div class=\"math\">").WriteLeafRawLines(obj, writeEndOfLines: false, escape: true).WriteLine("</div>");
}
