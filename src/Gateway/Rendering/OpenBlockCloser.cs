using Markdig;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Ends the block in which a text ends, if it would go on over all that follows: a block of code without its closing fence,
/// or HTML without its end (CommonMark 0.31, 4.5 and 4.6). A block within a list or a quote ends with that.
/// </summary>
internal static class OpenBlockCloser
{
    // Blocks are all that matters, and HTML counts: who reads the document may have it on.
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
