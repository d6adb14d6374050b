using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>A formula in a block of its own, with its delimiters.</summary>
internal sealed class TexBlock(BlockParser parser) : LeafBlock(parser)
{
    /// <summary>The closing delimiter.</summary>
    public required string End { get; init; }
}

/// <summary>Writes a formula in an element with the class <c>math</c>.</summary>
internal sealed class TexBlockRenderer : HtmlObjectRenderer<TexBlock>
{
    protected override void Write(HtmlRenderer renderer, TexBlock obj) =>
        renderer.EnsureLine().WriteLine(FormulaHtml.ToHtml("div", obj.Lines.ToString().TrimEnd()));
}

/// <summary>
/// Finds formulas in blocks: a line with only <c>$$</c> or <c>\[</c>, then lines of which the last ends with <c>$$</c> or
/// <c>\]</c>. In a block, their lines cannot become list items or underlines of headings.
/// </summary>
internal sealed class TexBlockParser : BlockParser
{
    // UTF-16 code units. A formula must be closed within this length.
    private const int MaxLength = 4_000;

    public TexBlockParser() => OpeningCharacters = ['\\', '$'];

    /// <summary>Whether a paragraph may become a formula with text that is still to come.</summary>
    public static bool MayBeOpenFormula(string text, SourceSpan paragraph)
    {
        foreach (var line in text.AsSpan(paragraph.Start, Math.Min(paragraph.End + 1, text.Length) - paragraph.Start).EnumerateLines())
        {
            if (text.Length - paragraph.Start < MaxLength && line.Trim() is "$$" or "\\[")
            {
                return true;
            }
        }

        return false;
    }

    public override BlockState TryOpen(BlockProcessor processor)
    {
        var line = processor.Line.AsSpan().TrimEnd();
        var end = line switch { "$$" => "$$", "\\[" => "\\]", _ => null };
        var after = processor.Line.End + 1;
        if (end is null || processor.IsCodeIndent
            || processor.Line.Text.AsSpan(after, Math.Min(MaxLength, processor.Line.Text.Length - after)).IndexOf(end) < 0)
        {
            return BlockState.None;
        }

        processor.NewBlocks.Push(new TexBlock(this) { End = end, Column = processor.Column, Span = new(processor.Start, processor.Line.End) });
        return BlockState.Continue;
    }

    public override BlockState TryContinue(BlockProcessor processor, Block block)
    {
        block.UpdateSpanEnd(processor.Line.End);
        return processor.Line.AsSpan().TrimEnd().EndsWith(((TexBlock)block).End) ? BlockState.Break : BlockState.Continue;
    }
}
