using Markdig.Parsers;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Bounds how deep quotes and lists nest. Each line is matched against every level that is open, so the time would grow with
/// the square of the text's length. A mark beyond the bound is text.
/// </summary>
internal static class BoundedNesting
{
    /// <summary>A list counts twice: for itself and for its item.</summary>
    private const int Deepest = 32;

    public static bool IsFull(BlockProcessor processor)
    {
        var depth = 0;
        for (var block = processor.CurrentContainer; block is not null && depth < Deepest; block = block.Parent)
        {
            depth++;
        }

        return depth == Deepest;
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
