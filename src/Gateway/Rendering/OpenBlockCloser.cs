using Markdig;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Closes a block that is open at the end of a text and would contain all that follows: a code block without its closing
/// fence, or HTML without its end (CommonMark 0.31, 4.5 and 4.6). A block in a list or quote ends with the list or quote.
/// </summary>
internal static class OpenBlockCloser
{
    // Inline text does not matter. HTML does, because the program that shows the document may allow it.
    private static readonly MarkdownPipeline Pipeline = Build();

    public static string Close(string text)
    {
        foreach (var section in MarkdownSplitter.Split(text, Pipeline))
        {
            if (section.IsLast)
            {
                return FindEndMarker(section) is { } end ? $"{text}\n{end}" : text;
            }
        }

        return text;
    }

    private static string? FindEndMarker(MarkdownSection section) => section.Document?.LastChild switch
    {
        FencedCodeBlock { ClosingFencedCharCount: 0 } code => new string(code.FencedChar, code.OpeningFencedCharCount),
        HtmlBlock html when HtmlEndMarker(html.Type) is { } end && !html.Lines.ToString().Contains(end, StringComparison.Ordinal) => end,
        _ => null,
    };

    private static string? HtmlEndMarker(HtmlBlockType type) => type switch
    {
        HtmlBlockType.Comment => "-->",
        HtmlBlockType.CData => "]]>",
        HtmlBlockType.ProcessingInstruction => "?>",
        HtmlBlockType.DocumentType => ">",
        HtmlBlockType.ScriptPreOrStyle => "</pre>",
        _ => null,
    };

    private static MarkdownPipeline Build()
    {
        var builder = ReplyMarkdown.CreateBlockPipeline();
        builder.InlineParsers.Clear();
        return builder.Build();
    }
}
