using Markdig;
using Markdig.Extensions.Footnotes;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>A part of a text that is rendered separately.</summary>
/// <param name="Text">The source.</param>
/// <param name="Document">The parsed text; null if it exceeds a limit.</param>
/// <param name="StartsInCodeBlock">Whether it continues the code block at the end of the section before it.</param>
/// <param name="IsLast">Whether it is the end of the text.</param>
internal readonly record struct MarkdownSection(string Text, MarkdownDocument? Document, bool StartsInCodeBlock, bool IsLast);

/// <summary>
/// Splits a long text into sections, if possible between two blocks. Some of Markdig's work grows with the square of the length
/// of its input; with sections of limited length it grows with the length of the text. A link by reference works only
/// within its section.
/// </summary>
internal static class MarkdownSplitter
{
    /// <summary>UTF-16 code units. Most replies are shorter.</summary>
    public const int MaxSectionLength = 32_000;

    private const int MaxFenceLength = 200;

    public static IEnumerable<MarkdownSection> Split(string markdown, MarkdownPipeline pipeline, EarlierLinkDefinitions? earlierLinks = null)
    {
        var fence = "";
        for (var start = 0; start < markdown.Length;)
        {
            var isLast = markdown.Length - start <= MaxSectionLength;
            var text = fence + markdown.Substring(start, isLast ? markdown.Length - start : LineEnd(markdown, start, start + MaxSectionLength));
            var document = ParseOrNull(text, pipeline, earlierLinks);
            var end = isLast ? text.Length : FindSectionEnd(text, document);
            var isWhole = end == text.Length;
            yield return new MarkdownSection(
                isWhole ? text : text[..end], isWhole ? document : ParseOrNull(text[..end], pipeline, earlierLinks), fence.Length > 0, isLast);
            start += end - fence.Length;
            fence = isWhole ? FindOpenFence(document, text) : "";
        }
    }

    private static MarkdownDocument? ParseOrNull(string text, MarkdownPipeline pipeline, EarlierLinkDefinitions? earlierLinks)
    {
        try
        {
            return Markdown.Parse(text, pipeline, earlierLinks?.CreateContext());
        }
        catch (Exception tooMuch) when (RenderingLimitException.IsLimitReached(tooMuch))
        {
            return null;
        }
    }

    // Ends after the last complete line, if there is one. Both halves of a surrogate pair stay together.
    private static int LineEnd(string text, int start, int end)
    {
        var line = text.LastIndexOf('\n', end - 1, end - start) + 1;
        return (line > start ? line : end - (char.IsHighSurrogate(text[end - 1]) ? 1 : 0)) - start;
    }

    private static int LineStart(string text, int position) => text.LastIndexOf('\n', Math.Max(0, position - 1)) + 1;

    // Footnotes and definitions of links are in groups, whose place in the document is not that of their text.
    private static Block? LastBlock(MarkdownDocument? document) =>
        document?.LastOrDefault(static block => block is not (FootnoteGroup or LinkReferenceDefinitionGroup));

    /// <summary>The section ends before its last block or list item, which may continue after the text.</summary>
    private static int FindSectionEnd(string text, MarkdownDocument? document)
    {
        var last = LastBlock(document);
        var start = last is null ? 0 : LineStart(text, last.Span.Start);
        if (start == 0 && last is ListBlock { LastChild: { } item })
        {
            start = LineStart(text, item.Span.Start);
        }

        return start > 0 ? start : text.Length;
    }

    /// <summary>The opening line of a code block that is open at the end of a text; empty if there is none.</summary>
    private static string FindOpenFence(MarkdownDocument? document, string text)
    {
        if (LastBlock(document) is not FencedCodeBlock { ClosingFencedCharCount: 0 } code)
        {
            return "";
        }

        var line = text.AsSpan(LineStart(text, code.Span.Start));
        var length = line.IndexOf('\n') + 1;
        return length is > 0 and <= MaxFenceLength ? line[..length].ToString() : "";
    }
}
