using System.Buffers;
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
            ApplyBound(processor, block);
        }

        return isKept;
    }

    /// <summary>Makes plain text of a block that costs too much, or would be a table with more cells than characters.</summary>
    public static void ApplyBound(BlockProcessor processor, Block block)
    {
        if (block is LeafBlock { ProcessInlines: true } leaf && IsOverBound(leaf.Lines))
        {
            UnformattedText.MakeUnformatted(leaf);
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

/// <summary>A paragraph that knows what it will cost.</summary>
internal sealed class BoundedParagraph(BlockParser parser) : ParagraphBlock(parser)
{
    private InlineCost _cost;

    /// <summary>Whether another line would make it too costly.</summary>
    public bool IsFullFor(ReadOnlySpan<char> line) => _cost.Add(line).IsTooHigh;

    /// <summary>Counts a line that belongs to it.</summary>
    public void Count(ReadOnlySpan<char> line) => _cost = _cost.Add(line);
}

/// <summary>
/// Bounds what the text of one block costs. At each mark that may begin or end something Markdig may look through the whole
/// block, so the time grows with marks x length.
/// </summary>
/// <param name="Length">UTF-16 code units.</param>
/// <param name="Marks">Characters that emphasis, links, code and addresses are made of.</param>
internal readonly record struct InlineCost(int Length, int Marks)
{
    private const int MaxLength = 16_000;

    /// <summary>500 marks in 4,000 characters: prose has a few, a table of bold numbers some hundred.</summary>
    private const long MaxCost = 2_000_000;

    private static readonly SearchValues<char> MarkCharacters = SearchValues.Create("*_~`[]<&:(");

    public bool IsTooHigh => Length > MaxLength || (long)Length * Marks > MaxCost;

    public InlineCost Add(ReadOnlySpan<char> line) => new(Length + line.Length + 1, Marks + line.CountAny(MarkCharacters));
}
