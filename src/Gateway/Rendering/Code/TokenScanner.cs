namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Measures the token at the start of a text.</summary>
internal static class TokenScanner
{
    /// <summary>
    /// How far the end of a regular expression or a variable is searched. Without a limit, the time could grow with the square of the length
    /// of the code.
    /// </summary>
    private const int MaxLookahead = 300;

    public static bool IsWordStart(char c) => char.IsLetter(c) || c is '_';

    public static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c is '_';

    /// <summary>A character of a text; NUL beyond its ends.</summary>
    public static char At(this ReadOnlySpan<char> text, int index) => index >= 0 && index < text.Length ? text[index] : '\0';

    /// <summary>The length of the line without its line break.</summary>
    public static int LineLength(ReadOnlySpan<char> text) => text.IndexOf('\n') is >= 0 and var end ? end : text.Length;

    /// <summary>The length of a string or comment; 0 if the text does not start with one.</summary>
    public static int DelimitedLength(ReadOnlySpan<char> text, DelimitedToken token)
    {
        if (!text.StartsWith(token.Start, StringComparison.Ordinal))
        {
            return 0;
        }

        var limit = token.IsMultiLine ? text.Length : LineLength(text);
        var inner = text[..limit];
        var from = token.Start.Length;
        if (!token.Escapes || token.End is "\n")
        {
            var end = inner[from..].IndexOf(token.End, StringComparison.Ordinal);
            return end < 0 ? limit : from + end + token.End.Length;
        }

        while (from < limit)
        {
            var next = inner[from..].IndexOfAny('\\', token.End[0]);
            if (next < 0)
            {
                return limit;
            }

            from += next;
            if (inner[from] is '\\')
            {
                from += 2;
            }
            else if (inner[from..].StartsWith(token.End, StringComparison.Ordinal))
            {
                return from + token.End.Length;
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
        while (length < text.Length && (IsWordCharacter(text[length]) || (withDashes && text[length] is '-' && length > 0)))
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

    /// <summary>The length of a number with its unit or suffix: 1, 0xFF, 1_000, 2.5e-3, 10px.</summary>
    public static int NumberLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length)
        {
            var c = text[length];
            var isPart = IsWordCharacter(c)
                || (c is '.' && char.IsAsciiDigit(text.At(length + 1)))
                || (c is '+' or '-' && length > 0 && text[length - 1] is 'e' or 'E' && char.IsAsciiDigit(text[0]) && text.At(1) is not 'x' && char.IsAsciiDigit(text.At(length + 1)));
            if (!isPart)
            {
                break;
            }

            length++;
        }

        return length;
    }

    /// <summary>The start of the line, up to the limit.</summary>
    public static ReadOnlySpan<char> StartOfLine(ReadOnlySpan<char> rest)
    {
        var near = rest[..Math.Min(rest.Length, MaxLookahead)];
        return near[..LineLength(near)];
    }

    /// <summary>The length of a regular expression with its flags: /a[/]b/g. 0 if it does not end in this line.</summary>
    public static int RegexLength(ReadOnlySpan<char> rest)
    {
        var line = StartOfLine(rest);
        var isInSet = false;
        for (var i = 1; i < line.Length; i++)
        {
            if (line[i] is '\\')
            {
                i++;
            }
            else if (line[i] is '/' && !isInSet)
            {
                return i == 1 ? 0 : i + 1 + WordLength(line[(i + 1)..]);
            }
            else
            {
                isInSet = line[i] is '[' || (isInSet && line[i] is not ']');
            }
        }

        return 0;
    }

    /// <summary>The length of the name of a directive: # include.</summary>
    public static int DirectiveLength(ReadOnlySpan<char> rest)
    {
        var start = 1 + BlankLength(rest[1..]);
        return start + WordLength(rest[start..]);
    }

    /// <summary>The length of a variable: $name, ${name}, $?. 0 if there is none.</summary>
    public static int VariableLength(ReadOnlySpan<char> rest)
    {
        if (rest.At(1) is '{')
        {
            return StartOfLine(rest).IndexOf('}') is > 0 and var end ? end + 1 : 0;
        }

        var word = WordLength(rest[1..]);
        return word > 0 ? word + 1 : rest.At(1) is '@' or '#' or '?' or '!' or '*' or '$' ? 2 : 0;
    }

    /// <summary>The length of an option of a command: -x, --name. 0 if there is none.</summary>
    public static int OptionLength(ReadOnlySpan<char> rest)
    {
        var start = rest.At(1) is '-' ? 2 : 1;
        return WordLength(rest[start..], withDashes: true) is > 0 and var length ? start + length : 0;
    }

    public static (int Length, string Kind) CharacterOrLifetime(ReadOnlySpan<char> rest) =>
        rest.At(1) is '\\' && rest[2..Math.Min(rest.Length, 14)].IndexOf('\'') is >= 0 and var end ? (end + 3, CodeKinds.String)
        : rest.At(2) is '\'' ? (3, CodeKinds.String)
        : (1 + WordLength(rest[1..]), CodeKinds.Type);
}
