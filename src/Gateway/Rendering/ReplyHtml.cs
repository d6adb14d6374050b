using System.Text;
using GeminiChat.Gateway.Rendering.Code;
using GeminiChat.Gateway.Rendering.Formulas;
using Markdig.Extensions.Alerts;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Converts replies to HTML that is safe in a page: HTML in the Markdown is text, links lead to the web or to mail only,
/// pictures are links, and no element has a style or an id.
/// </summary>
/// <remarks>
/// Time and memory are linear in the length of the text: Markdig reads one section of limited length at a time, and the HTML of
/// a section is not longer than <see cref="MaxHtmlLength"/>. A section beyond a limit is shown without formatting.
/// </remarks>
internal static class ReplyHtml
{
    private const int HeadingLevelOffset = 2;
    private const int MaxHeadingLevel = 6;
    private const string CodeEnd = "</code></pre>\n";

    public static string Render(string markdown) => Render(markdown, out _).Html;

    /// <summary>Renders a text.</summary>
    /// <param name="markdown">The text.</param>
    /// <param name="last">Its last section; null if it is empty, or shown without formatting.</param>
    /// <param name="earlierLinks">Definitions of links that are not in the text.</param>
    public static RenderedReply Render(string markdown, out MarkdownSection? last, EarlierLinkDefinitions? earlierLinks = null)
    {
        var html = new StringBuilder(markdown.Length * 2);
        var ends = new List<int>();
        last = null;
        foreach (var section in MarkdownSplitter.Split(markdown, ReplyMarkdown.Pipeline, earlierLinks))
        {
            last = Append(html, ends, section, MaxHtmlLength(section.Text.Length + (earlierLinks?.Length ?? 0))) ? section : null;
        }

        return new RenderedReply(html.ToString(), [.. ends]);
    }

    /// <summary>The maximum length of the HTML for a text of this length, in UTF-16 code units.</summary>
    public static int MaxHtmlLength(int length) => 4_096 + (16 * length);

    /// <summary>Returns whether the section has formatting.</summary>
    private static bool Append(StringBuilder html, List<int> ends, MarkdownSection section, int maxLength)
    {
        var own = new List<int>();
        var text = section.Document is { } document ? RenderDocument(document, maxLength, own) : null;
        if (text is null)
        {
            html.Append(PlainTextHtml.ToHtml(section.Text));
            ends.Add(html.Length);
            return false;
        }

        var start = 0;
        if (section.StartsInCodeBlock)
        {
            html.Length -= CodeEnd.Length;
            ends.RemoveAt(ends.Count - 1);
            start = text.IndexOf('>', text.IndexOf("<code", StringComparison.Ordinal)) + 1;
        }

        var offset = html.Length - start;
        html.Append(text.AsSpan(start));
        ends.AddRange(own.Select(end => offset + end));
        return true;
    }

    /// <summary>Null if the HTML is too long, or the nesting is too deep for Markdig. Adds where each block of the document ends.</summary>
    private static string? RenderDocument(MarkdownDocument document, int maxLength, List<int> ends)
    {
        LowerHeadings(document);
        RemoveColumnStyles(document);
        TaskLists.AddLabels(document);
        using var text = new StringWriter();
        var renderer = CreateRenderer(text);
        renderer.ObjectWriteAfter += (_, written) =>
        {
            var length = text.GetStringBuilder().Length;
            if (length > maxLength)
            {
                throw new RenderingLimitException("The HTML is too long.");
            }

            if (written is Block { Parent: MarkdownDocument })
            {
                ends.Add(length);
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

    private static HtmlRenderer CreateRenderer(StringWriter text)
    {
        var renderer = new HtmlRenderer(text);
        ReplyMarkdown.Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<LinkInlineRenderer>(new ReplyLinks.LinkRenderer());
        renderer.ObjectRenderers.ReplaceOrAdd<AutolinkInlineRenderer>(new ReplyLinks.AutolinkRenderer());
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new CodeBlockHtmlRenderer());
        renderer.ObjectRenderers.Add(new TaskLabelRenderer());
        renderer.ObjectRenderers.ReplaceOrAdd<AlertBlockRenderer>(new AlertRenderer());
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlFootnoteLinkRenderer>(new FootnoteLinkRenderer());
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlFootnoteGroupRenderer>(new FootnoteGroupRenderer());
        renderer.ObjectRenderers.Add(new TexInlineRenderer());
        renderer.ObjectRenderers.Add(new TexBlockRenderer());
        return renderer;
    }

    // The page has its own headings above those of a reply.
    private static void LowerHeadings(MarkdownDocument document)
    {
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            heading.Level = Math.Min(heading.Level + HeadingLevelOffset, MaxHeadingLevel);
        }
    }

    // Markdig aligns columns with style attributes, which the content security policy of the page blocks.
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
