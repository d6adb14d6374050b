using System.Buffers;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Parses paragraphs and limits the cost of each: after the limit, the next line starts another paragraph. A pipe table is a
/// paragraph until its text is parsed. Each of its rows gets as many cells as the widest row.
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
        paragraph.Cost = default(InlineCost).Add(processor.Line.AsSpan());
        processor.NewBlocks.Push(paragraph);
        return BlockState.Continue;
    }

    public override BlockState TryContinue(BlockProcessor processor, Block block)
    {
        var paragraph = (BoundedParagraph)block;
        var cost = paragraph.Cost.Add(processor.Line.AsSpan());
        if (!processor.IsBlankLine && cost.IsTooHigh)
        {
            processor.Close(block);
            return TryOpen(processor);
        }

        paragraph.Cost = cost;
        return base.TryContinue(processor, block);
    }

    public override bool Close(BlockProcessor processor, Block block)
    {
        var isKept = base.Close(processor, block);
        if (isKept)
        {
            ApplyBound(processor, block);
        }

        return isKept;
    }

    /// <summary>Makes a block plain text if it costs too much, or were a table with more cells than characters.</summary>
    public static void ApplyBound(BlockProcessor processor, Block block)
    {
        if (block is LeafBlock { ProcessInlines: true } leaf && IsOverBound(leaf.Lines))
        {
            PlainTextHtml.Apply(leaf);
        }
    }

    private static bool IsOverBound(StringLineGroup lines)
    {
        var (cost, columns) = (default(InlineCost), 1);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines.Lines[i].Slice.AsSpan();
            cost = cost.Add(line);
            columns = Math.Max(columns, line.Count('|') + 1);
        }

        return cost.IsTooHigh || (columns > 1 && (long)columns * lines.Count > cost.Length);
    }
}

internal sealed class BoundedParagraph(BlockParser parser) : ParagraphBlock(parser)
{
    public InlineCost Cost { get; set; }
}

/// <summary>
/// The cost of the text of one block. At each mark, Markdig may search the whole block for the other end, so the time grows with
/// marks x length.
/// </summary>
/// <param name="Length">UTF-16 code units.</param>
/// <param name="Marks">Characters that may begin or end emphasis, links, code and addresses.</param>
internal readonly record struct InlineCost(int Length, int Marks)
{
    private const int MaxLength = 16_000;

    /// <summary>500 marks in 4,000 characters. Prose has a few marks, a table of bold numbers some hundred.</summary>
    private const long MaxCost = 2_000_000;

    private static readonly SearchValues<char> MarkCharacters = SearchValues.Create("*_~`[]<&:(");

    public bool IsTooHigh => Length > MaxLength || (long)Length * Marks > MaxCost;

    public InlineCost Add(ReadOnlySpan<char> line) => new(Length + line.Length + 1, Marks + line.CountAny(MarkCharacters));
}
