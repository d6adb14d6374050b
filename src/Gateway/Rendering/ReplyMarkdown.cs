using GeminiChat.Gateway.Rendering.Formulas;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// The Markdown of replies: CommonMark without HTML, with pipe tables, task lists, footnotes, alerts, bare addresses,
/// strikethrough, emphasis beside CJK characters, and formulas of TeX.
/// </summary>
internal static class ReplyMarkdown
{
    public static MarkdownPipeline Pipeline { get; } = Build();

    /// <summary>The parsers of blocks, with limits of their cost.</summary>
    public static MarkdownPipelineBuilder CreateBlockPipeline()
    {
        var builder = new MarkdownPipelineBuilder();
        builder.BlockParsers.Replace<ParagraphBlockParser>(new BoundedParagraphParser());
        builder.BlockParsers.Replace<QuoteBlockParser>(new BoundedQuoteParser());
        builder.BlockParsers.Replace<ListBlockParser>(new BoundedListParser());
        builder.BlockParsers.Find<HeadingBlockParser>()!.Closed += BoundedParagraphParser.ApplyBound;
        return builder;
    }

    private static MarkdownPipeline Build()
    {
        var builder = CreateBlockPipeline().DisableHtml().UsePipeTables().UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
            .UseCjkFriendlyEmphasis().UseTaskLists().UseFootnotes().UseAlertBlocks();
        builder.BlockParsers.InsertBefore<FencedCodeBlockParser>(new TexBlockParser());

        // The extension of pipe tables adds a parser of its own only if there is none, and only at the end.
        builder.InlineParsers.InsertBefore<EmphasisInlineParser>(new BoundedPipeTableParser(builder.InlineParsers.Find<LineBreakInlineParser>()!));
        builder.InlineParsers.Replace<LinkInlineParser>(new EarlierLinkDefinitions.LinkParser());
        builder.InlineParsers.InsertBefore<LinkInlineParser>(new TaskListParser());
        builder.InlineParsers.Insert(0, new BoundedAutoLinkParser());
        builder.InlineParsers.InsertBefore<EscapeInlineParser>(new TexInlineParser());
        return builder.Build();
    }
}
