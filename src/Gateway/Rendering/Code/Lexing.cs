namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Lengths of parts of code, all of them from the start of a text.</summary>
internal static class Lexing
{
    public static bool IsWordStart(char c) => char.IsLetter(c) || c is '_';

    public static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_';

    /// <summary>A character of a text; NUL beyond its ends.</summary>
    public static char At(this ReadOnlySpan<char> text, int index) => index >= 0 && index < text.Length ? text[index] : '\0';

    /// <summary>The length up to the end of the line, its break excluded.</summary>
    public static int LineLength(ReadOnlySpan<char> text) => text.IndexOf('\n') is >= 0 and var end ? end : text.Length;

    /// <summary>The length of a string or comment that starts here; 0 if it does not.</summary>
    public static int SpanLength(ReadOnlySpan<char> text, CodeSpan span)
    {
        if (!text.StartsWith(span.Start, StringComparison.Ordinal))
        {
            return 0;
        }

        var limit = span.IsMultiLine ? text.Length : LineLength(text);
        var inner = text[..limit];
        var from = span.Start.Length;
        if (!span.Escapes || span.End is "\n")
        {
            var end = inner[from..].IndexOf(span.End, StringComparison.Ordinal);
            return end < 0 ? limit : from + end + span.End.Length;
        }

        while (from < limit)
        {
            var next = inner[from..].IndexOfAny('\\', span.End[0]);
            if (next < 0)
            {
                return limit;
            }

            from += next;
            if (inner[from] is '\\')
            {
                from += 2;
            }
            else if (inner[from..].StartsWith(span.End, StringComparison.Ordinal))
            {
                return from + span.End.Length;
            }
            else
            {
                from++;
            }
        }

        return limit;
    }

    public static int WordLength(ReadOnlySpan<char> text, bool withDashes = false)
    {
        var length = 0;
        while (length < text.Length && (IsWord(text[length]) || (withDashes && text[length] is '-' && length > 0)))
        {
            length++;
        }

        return length;
    }

    public static int BlankLength(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExcept(' ', '\t');
        return length < 0 ? text.Length : length;
    }

    /// <summary>A number with its unit or suffix: 1, 0xFF, 1_000, 2.5e-3, 10px.</summary>
    public static int NumberLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length)
        {
            var c = text[length];
            var isIn = IsWord(c)
                || (c is '.' && char.IsAsciiDigit(text.At(length + 1)))
                || (c is '+' or '-' && length > 0 && text[length - 1] is 'e' or 'E' && char.IsAsciiDigit(text[0]) && text.At(1) is not 'x' && char.IsAsciiDigit(text.At(length + 1)));
            if (!isIn)
            {
                break;
            }

            length++;
        }

        return length;
    }
}
