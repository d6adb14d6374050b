using static GeminiChat.Gateway.Rendering.Code.CommonTokens;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Highlights CSS, SCSS and Less. Rules may contain rules.</summary>
internal static class CssLexer
{
    public static void Write(CodeWriter writer, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            // The character that ends a statement says what it is: "{" ends a selector.
            var end = text.IndexOfAny('{', '}', ';') is >= 0 and var found ? found : text.Length;
            var isSelector = text.At(end) is '{';
            WriteStatement(writer, text[..end], isSelector);
            writer.Write(text.Slice(end, Math.Min(1, text.Length - end)));
            text = text[Math.Min(end + 1, text.Length)..];
        }
    }

    private static void WriteStatement(CodeWriter writer, ReadOnlySpan<char> text, bool isSelector)
    {
        var isValue = false;
        while (!text.IsEmpty)
        {
            var (length, kind) = Next(text, isSelector, isValue);
            writer.Write(text[..length], kind);
            isValue |= text[0] is ':' && !isSelector;
            text = text[length..];
        }
    }

    private static (int Length, string? Kind) Next(ReadOnlySpan<char> text, bool isSelector, bool isValue)
    {
        switch (text[0])
        {
            case '/' when TokenScanner.DelimitedLength(text, BlockComment) is > 0 and var comment:
                return (comment, CodeKinds.Comment);
            case '/' when !isValue && TokenScanner.DelimitedLength(text, LineComment) is > 0 and var line:
                return (line, CodeKinds.Comment);
            case '"' or '\'':
                return (TokenScanner.DelimitedLength(text, text[0] is '"' ? DoubleQuoted : SingleQuoted), CodeKinds.String);
            case '@':
                return (1 + TokenScanner.WordLength(text[1..], withDashes: true), CodeKinds.Keyword);
            case '!' or '$' or '&':
                return (1 + TokenScanner.WordLength(text[1..], withDashes: true), text[0] is '!' ? CodeKinds.Keyword : CodeKinds.Variable);
            case '#' when isValue:
                return (1 + TokenScanner.WordLength(text[1..]), CodeKinds.Number);
            case '.' or '#' or ':' when isSelector && TokenScanner.IsWordStart(text.At(1)):
                return (1 + TokenScanner.WordLength(text[1..], withDashes: true), text[0] is ':' ? CodeKinds.Keyword : CodeKinds.Type);
            case var c when char.IsAsciiDigit(c) || (c is '.' && char.IsAsciiDigit(text.At(1))):
                return (1 + TokenScanner.NumberLength(text[1..]) + (text.At(1 + TokenScanner.NumberLength(text[1..])) is '%' ? 1 : 0), CodeKinds.Number);
            case var c when TokenScanner.IsWordStart(c) || (c is '-' && text.At(1) is '-' or >= 'a'):
                var length = NameLength(text);
                return (length, isSelector ? CodeKinds.Tag
                    : !isValue ? CodeKinds.Name
                    : text.At(length) is '(' ? CodeKinds.Function
                    : c is '-' ? CodeKinds.Variable
                    : null);
            default:
                return (1, null);
        }
    }

    private static int NameLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (TokenScanner.IsWordCharacter(text[length]) || text[length] is '-'))
        {
            length++;
        }

        return length;
    }
}
