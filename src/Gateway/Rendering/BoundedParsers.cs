using System.Buffers;
using Markdig.Extensions.AutoLinks;
using Markdig.Extensions.Tables;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Syntax.Inlines;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Bounds how deep quotes and lists nest. Each line is matched against every level that is open, so the time would grow with
/// the square of the text's length. A mark beyond the bound is text.
/// </summary>
internal static class BoundedNesting
{
    /// <summary>A list counts twice: for itself and for its item.</summary>
    private const int MaxDepth = 32;

    public static bool IsFull(BlockProcessor processor)
    {
        var depth = 0;
        for (var block = processor.CurrentContainer; block is not null && depth < MaxDepth; block = block.Parent)
        {
            depth++;
        }

        return depth == MaxDepth;
    }
}

/// <summary>Parses quotes, up to the bound.</summary>
internal sealed class BoundedQuoteParser : QuoteBlockParser
{
    public override BlockState TryOpen(BlockProcessor processor) =>
        BoundedNesting.IsFull(processor) ? BlockState.None : base.TryOpen(processor);
}

/// <summary>Parses lists, up to the bound.</summary>
internal sealed class BoundedListParser : ListBlockParser
{
    public override BlockState TryOpen(BlockProcessor processor) =>
        BoundedNesting.IsFull(processor) ? BlockState.None : base.TryOpen(processor);
}

/// <summary>
/// Finds addresses in the text. At each possible start Markdig reads up to the next white space, so a long run of starts
/// would take time that grows with the square of its length: in a run that is longer than the bound there are no addresses.
/// </summary>
internal sealed class BoundedAutoLinkParser() : AutoLinkParser(new AutoLinkOptions())
{
    private const int MaxRunLength = 1_000;

    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\n");

    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        var text = slice.AsSpan();
        return (text.Length <= MaxRunLength || text[..MaxRunLength].ContainsAny(Blanks)) && base.Match(processor, ref slice);
    }
}

/// <summary>
/// Parses pipe tables. Each pipe in the text of a link is taken back out of the list of all pipes, so the time would grow
/// with the square of their number: beyond the bound the section is shown without formatting.
/// </summary>
internal sealed class BoundedPipeTableParser(LineBreakInlineParser lineBreaks) : PipeTableParser(lineBreaks), IPostInlineProcessor
{
    private const int MaxPipesInLink = 50;

    bool IPostInlineProcessor.PostProcess(
        InlineProcessor state, Inline? root, Inline? lastChild, int postInlineProcessorIndex, bool isFinalProcessing)
    {
        if (!isFinalProcessing && root is ContainerInline link && link.OfType<PipeTableDelimiterInline>().Skip(MaxPipesInLink).Any())
        {
            throw new RenderingLimitException("A link's text holds too many pipes.");
        }

        return PostProcess(state, root, lastChild, postInlineProcessorIndex, isFinalProcessing);
    }
}

/// <summary>A section costs more than its bounds allow: it is shown without formatting.</summary>
internal sealed class RenderingLimitException(string message) : Exception(message)
{
    /// <summary>Whether a bound was met: one of ours, or Markdig's own on nesting, which is an <see cref="ArgumentException"/>.</summary>
    public static bool IsLimitReached(Exception exception) => exception is RenderingLimitException or ArgumentException;
}
