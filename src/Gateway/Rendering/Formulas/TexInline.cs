using System.Buffers;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax.Inlines;

namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>A formula within a text.</summary>
/// <param name="source">The source with its delimiters.</param>
internal sealed class TexInline(string source) : LeafInline
{
    public string Source => source;
}

/// <summary>Writes a formula in an element with the class <c>math</c>.</summary>
internal sealed class TexInlineRenderer : HtmlObjectRenderer<TexInline>
{
    protected override void Write(HtmlRenderer renderer, TexInline obj) => renderer.Write(FormulaHtml.ToHtml("span", obj.Source));
}

/// <summary>
/// Finds formulas: <c>\(…\)</c>, <c>\[…\]</c>, <c>$$…$$</c> and <c>$…$</c>. Their content is not parsed as Markdown. Dollar signs
/// follow Pandoc's rule: no white space next to them inside, and no letter or digit next to them outside.
/// </summary>
internal sealed class TexInlineParser : InlineParser
{
    private static readonly SearchValues<char> Signs = SearchValues.Create("\\^_{}=");

    public TexInlineParser() => OpeningCharacters = ['\\', '$'];

    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        var length = FormulaLength(slice.AsSpan(), before: slice.PeekCharExtra(-1));
        if (length == 0)
        {
            return false;
        }

        var start = processor.GetSourcePosition(slice.Start, out var line, out var column);
        processor.Inline = new TexInline(slice.AsSpan()[..length].ToString())
        {
            Span = { Start = start, End = start + length - 1 },
            Line = line,
            Column = column,
        };
        slice.Start += length;
        return true;
    }

    /// <summary>The length of the formula at the start of a text, with its delimiters; 0 if there is none.</summary>
    private static int FormulaLength(ReadOnlySpan<char> text, char before) => text switch
    {
        ['\\', '(', ..] => LengthUntil(text, "\\)"),

        // Before "(", it is a link with escaped brackets.
        ['\\', '[', ..] when LengthUntil(text, "\\]") is var end && text[end..] is not ['(', ..] => end,
        ['$', '$', ..] when before is not '$' => LengthUntil(text, "$$"),
        ['$', ..] when !char.IsLetterOrDigit(before) && before is not '$' => DollarFormulaLength(text),
        _ => 0,
    };

    private static int LengthUntil(ReadOnlySpan<char> text, string end)
    {
        var length = text[2..].IndexOf(end);
        return length > 0 && !text.Slice(2, length).IsWhiteSpace() ? length + 2 + end.Length : 0;
    }

    private static int DollarFormulaLength(ReadOnlySpan<char> text)
    {
        var end = 1;
        while (end < text.Length && text[end] is not ('$' or '\n'))
        {
            end += text[end] is '\\' ? 2 : 1;
        }

        if (end >= text.Length || text[end] is not '$' || (end + 1 < text.Length && (char.IsLetterOrDigit(text[end + 1]) || text[end + 1] is '$')))
        {
            return 0;
        }

        var inner = text[1..end];
        return inner.IsEmpty || char.IsWhiteSpace(inner[0]) || char.IsWhiteSpace(inner[^1]) || LooksLikePrice(inner) ? 0 : end + 1;
    }

    // "$5 (or 4$)": a number first, then words, and no character of a formula.
    private static bool LooksLikePrice(ReadOnlySpan<char> inner) =>
        char.IsAsciiDigit(inner[0]) && inner.Contains(' ') && !inner.ContainsAny(Signs);
}
