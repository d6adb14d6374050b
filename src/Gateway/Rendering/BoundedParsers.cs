using System.Buffers;
using Markdig.Extensions.AutoLinks;
using Markdig.Extensions.Tables;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Syntax.Inlines;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Limits the nesting of quotes and lists. Each line is matched against every open level, so without a limit the time would grow
/// with the square of the text's length. A mark beyond the limit is text.
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

internal sealed class BoundedQuoteParser : QuoteBlockParser
{
    public override BlockState TryOpen(BlockProcessor processor) =>
        BoundedNesting.IsFull(processor) ? BlockState.None : base.TryOpen(processor);
}

internal sealed class BoundedListParser : ListBlockParser
{
    public override BlockState TryOpen(BlockProcessor processor) =>
        BoundedNesting.IsFull(processor) ? BlockState.None : base.TryOpen(processor);
}

/// <summary>
/// Finds addresses in the text. At each possible start, Markdig reads up to the next white space, so the time would grow with
/// the square of the length of a text without white space. Such a text beyond the limit has no addresses.
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
/// Parses pipe tables. Markdig looks for each pipe in the text of a link among all pipes of the block, so the time would grow with
/// pipes in links x length. Beyond the limit of <see cref="InlineCost"/>, the section is shown without formatting.
/// </summary>
internal sealed class BoundedPipeTableParser(LineBreakInlineParser lineBreaks) : PipeTableParser(lineBreaks), IPostInlineProcessor
{
    private static readonly object PipesInLinks = new();

    bool IPostInlineProcessor.PostProcess(
        InlineProcessor state, Inline? root, Inline? lastChild, int postInlineProcessorIndex, bool isFinalProcessing)
    {
        if (!isFinalProcessing && root is ContainerInline link && state.Block is { } block
            && link.Count(static child => child is PipeTableDelimiterInline) is > 0 and var pipes)
        {
            pipes += block.GetData(PipesInLinks) as int? ?? 0;
            block.SetData(PipesInLinks, pipes);
            if (new InlineCost(block.Span.Length, pipes).IsTooHigh)
            {
                throw new RenderingLimitException("The texts of links hold too many pipes.");
            }
        }

        return PostProcess(state, root, lastChild, postInlineProcessorIndex, isFinalProcessing);
    }
}

/// <summary>A section exceeds a limit, so it is shown without formatting.</summary>
internal sealed class RenderingLimitException(string message) : Exception(message)
{
    /// <summary>Includes Markdig's own limit of nesting, which is an <see cref="ArgumentException"/>.</summary>
    public static bool IsLimitReached(Exception exception) => exception is RenderingLimitException or ArgumentException;
}
