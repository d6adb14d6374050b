using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Parses paragraphs, and bounds what each costs: one that is too long goes on as another at its next line. A pipe table is
/// a paragraph until its text is parsed, and gets as many cells in each row as its widest row has.
/// </summary>
internal sealed class BoundedParagraphParser : ParagraphBlockParser
{
    public override BlockState TryOpen(BlockProcessor processor)
    {
        if (processor.IsBlankLine)
        {
            return BlockState.None;
        }

        var paragraph = new BoundedParagraph(this) { Column = processor.Column, Span = new(processor.Line.Start, processor.Line.End) };
        paragraph.Count(processor.Line.AsSpan());
        processor.NewBlocks.Push(paragraph);
        return BlockState.Continue;
    }

    public override BlockState TryContinue(BlockProcessor processor, Block block)
    {
        var paragraph = (BoundedParagraph)block;
        var line = processor.Line.AsSpan();
        if (!processor.IsBlankLine && paragraph.IsFullFor(line))
        {
            processor.Close(block);
            return TryOpen(processor);
        }

        paragraph.Count(line);
        return base.TryContinue(processor, block);
    }

    public override bool Close(BlockProcessor processor, Block block)
    {
        var isKept = base.Close(processor, block);
        if (isKept)
        {
            Bound(processor, block);
        }

        return isKept;
    }

    /// <summary>Makes plain text of a block that costs too much, or would be a table with more cells than characters.</summary>
    public static void Bound(BlockProcessor processor, Block block)
    {
        if (block is LeafBlock { ProcessInlines: true } leaf && IsTooMuch(leaf.Lines))
        {
            PlainText.Make(leaf);
        }
    }

    private static bool IsTooMuch(StringLineGroup lines)
    {
        var (cost, columns) = (default(InlineCost), 1);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines.Lines[i].Slice.AsSpan();
            cost = cost.With(line);
            columns = Math.Max(columns, line.Count('|') + 1);
        }

        return cost.IsTooHigh || (columns > 1 && (long)columns * lines.Count > cost.Length);
    }
}
