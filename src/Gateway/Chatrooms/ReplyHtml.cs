using System.Runtime.CompilerServices;
using GeminiChat.GrainInterfaces.Chatrooms;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// Finished replies as HTML that may be put into a page: the model's Markdown, in which HTML is text, links lead to the web
/// or to mail only, pictures are links, and nothing carries a style.
/// </summary>
internal static class ReplyHtml
{
    /// <summary>Longer replies are shown as they are: no page is pleasant with more, and rendering takes the CPU's time.</summary>
    public const int Longest = 100_000;

    private const int LevelsBelowThePage = 2;
    private const int LowestHeading = 6;

    private static readonly ConditionalWeakTable<RoomMessage, string> Known = [];

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UsePipeTables().UseAutoLinks().UseEmphasisExtras(EmphasisExtraOptions.Strikethrough).Build();

    /// <summary>The HTML of a finished reply; null of anything else, and of what cannot be rendered.</summary>
    public static string? Of(RoomMessage message)
    {
        if (message.Sender is Sender.User || message.Status.IsOpen() || message.Content.Length is 0 or > Longest)
        {
            return null;
        }

        var html = Known.TryGetValue(message, out var known) ? known : Known.GetOrAdd(message, Render(message.Content) ?? "");
        return html.Length > 0 ? html : null;
    }

    /// <summary>The HTML of a Markdown text; null when it is nested deeper than Markdig follows.</summary>
    public static string? Render(string markdown)
    {
        try
        {
            var document = Markdown.Parse(markdown, Pipeline);
            Lower(document);
            Unstyle(document);
            return Write(document);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string Write(MarkdownDocument document)
    {
        using var text = new StringWriter();
        var renderer = new HtmlRenderer(text);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<LinkInlineRenderer>(new ReplyLinks.Written());
        renderer.ObjectRenderers.ReplaceOrAdd<AutolinkInlineRenderer>(new ReplyLinks.Bare());
        renderer.Render(document);
        return text.ToString();
    }

    // The page has headings of its own, above those of a reply.
    private static void Lower(MarkdownDocument document)
    {
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            heading.Level = Math.Min(heading.Level + LevelsBelowThePage, LowestHeading);
        }
    }

    // Markdig aligns columns by style attributes, which the page's policy refuses.
    private static void Unstyle(MarkdownDocument document)
    {
        foreach (var table in document.Descendants<Table>())
        {
            foreach (var row in table.OfType<TableRow>())
            {
                for (var column = 0; column < Math.Min(row.Count, table.ColumnDefinitions.Count); column++)
                {
                    if (table.ColumnDefinitions[column].Alignment is TableColumnAlign.Right)
                    {
                        row[column].GetAttributes().AddClass("right");
                    }
                }
            }

            table.ColumnDefinitions.ForEach(static column => column.Alignment = null);
        }
    }
}
