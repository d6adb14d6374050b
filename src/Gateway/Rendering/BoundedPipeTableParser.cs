using Markdig.Extensions.Tables;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Syntax.Inlines;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Parses pipe tables. Each pipe in the text of a link is taken back out of the list of all pipes, so the time would grow
/// with the square of their number: beyond the bound the section is shown without formatting.
/// </summary>
internal sealed class BoundedPipeTableParser(LineBreakInlineParser lineBreaks) : PipeTableParser(lineBreaks), IPostInlineProcessor
{
    private const int MostInLink = 50;

    bool IPostInlineProcessor.PostProcess(
        InlineProcessor state, Inline? root, Inline? lastChild, int postInlineProcessorIndex, bool isFinalProcessing)
    {
        if (!isFinalProcessing && root is ContainerInline link && link.OfType<PipeTableDelimiterInline>().Skip(MostInLink).Any())
        {
            throw new RenderingLimitException("A link's text holds too many pipes.");
        }

        return PostProcess(state, root, lastChild, postInlineProcessorIndex, isFinalProcessing);
    }
}
