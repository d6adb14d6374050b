using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Replies as HTML that may be put into a page: the model's Markdown, in which HTML is text, links lead to the web or to
/// mail only, pictures are links, and nothing carries a style.
/// </summary>
/// <remarks>
/// Time and memory are linear in the length of the text, whatever it is: Markdig sees a section of bounded length at a time,
/// and no section's HTML is longer than <see cref="MaxHtmlLength"/> allows. What is over a bound is shown without formatting.
/// </remarks>
internal static class ReplyHtml
{
    private const int LevelsBelowThePage = 2;
    private const int MaxHeadingLevel = 6;

    /// <summary>The HTML of a Markdown text.</summary>
    public static string Render(string markdown)
    {
        var html = new StringBuilder(markdown.Length * 2);
        foreach (var section in MarkdownSplitter.Split(markdown, ReplyMarkdown.Pipeline))
        {
            Append(html, section);
        }

        return html.ToString();
    }

    /// <summary>The most UTF-16 code units of HTML for so many of text.</summary>
    public static int MaxHtmlLength(int length) => 4_096 + (8 * length);

    private static void Append(StringBuilder html, MarkdownSection section)
    {
        var text = section.Document is { } document ? RenderDocument(document, MaxHtmlLength(section.Text.Length)) : null;
        if (text is null)
        {
            html.Append(UnformattedText.ToHtml(section.Text));
        }
        else if (section.StartsInCodeBlock)
        {
            html.Length -= CodeEnd.Length;
            html.Append(text.AsSpan(text.IndexOf('>', text.IndexOf("<code", StringComparison.Ordinal)) + 1));
        }
        else
        {
            html.Append(text);
        }
    }

    private const string CodeEnd = "</code></pre>\n";

    /// <summary>Null when it would be too long, or is nested deeper than Markdig follows.</summary>
    private static string? RenderDocument(MarkdownDocument document, int most)
    {
        LowerHeadings(document);
        RemoveColumnStyles(document);
        using var text = new StringWriter();
        var renderer = new HtmlRenderer(text);
        ReplyMarkdown.Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<LinkInlineRenderer>(new ReplyLinks.LinkRenderer());
        renderer.ObjectRenderers.ReplaceOrAdd<AutolinkInlineRenderer>(new ReplyLinks.AutolinkRenderer());
        renderer.ObjectRenderers.Add(new TexInlineRenderer());
        renderer.ObjectRenderers.Add(new TexBlockRenderer());
        renderer.ObjectWriteAfter += (_, _) =>
        {
            if (text.GetStringBuilder().Length > most)
            {
                throw new RenderingLimitException("The HTML is too long.");
            }
        };
        try
        {
            renderer.Render(document);
            return text.ToString();
        }
        catch (Exception tooMuch) when (RenderingLimitException.IsLimitReached(tooMuch))
        {
            return null;
        }
    }

    // The page has headings of its own, above those of a reply.
    private static void LowerHeadings(MarkdownDocument document)
    {
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            heading.Level = Math.Min(heading.Level + LevelsBelowThePage, MaxHeadingLevel);
        }
    }

    // Markdig aligns columns by style attributes, which the page's policy refuses.
    private static void RemoveColumnStyles(MarkdownDocument document)
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
