using Markdig.Parsers;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Finds formulas that stand alone: a line with nothing but <c>$$</c> or <c>\[</c>, then lines of which the last ends with
/// <c>$$</c> or <c>\]</c>. As blocks their lines are neither items of lists nor underlines of headings.
/// </summary>
internal sealed class TexBlockParser : BlockParser
{
    // A formula that is not closed within so many UTF-16 code units is none.
    private const int Longest = 4_000;

    public TexBlockParser() => OpeningCharacters = ['\\', '$'];

    public override BlockState TryOpen(BlockProcessor processor)
    {
        var line = processor.Line.AsSpan().TrimEnd();
        var end = line switch { "$$" => "$$", "\\[" => "\\]", _ => null };
        var after = processor.Line.End + 1;
        if (end is null || processor.IsCodeIndent
            || processor.Line.Text.AsSpan(after, Math.Min(Longest, processor.Line.Text.Length - after)).IndexOf(end) < 0)
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
