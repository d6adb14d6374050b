namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Reads CSS and its relatives, whose rules may contain rules.</summary>
internal static class StyleLexer
{
    private static readonly CodeSpan Comment = new("/*", "*/", IsMultiLine: true, Escapes: false);
    private static readonly CodeSpan LineComment = new("//", "\n");
    private static readonly CodeSpan Double = new("\"", "\"");
    private static readonly CodeSpan Single = new("'", "'");

    public static void Write(CodeWriter writer, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            // A statement ends with one of these characters, which tells what it is.
            var end = text.IndexOfAny('{', '}', ';') is >= 0 and var found ? found : text.Length;
            var isSelector = text.At(end) is '{';
            Statement(writer, text[..end], isSelector);
            writer.Write(text.Slice(end, Math.Min(1, text.Length - end)));
            text = text[Math.Min(end + 1, text.Length)..];
        }
    }

    private static void Statement(CodeWriter writer, ReadOnlySpan<char> text, bool isSelector)
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
            case '/' when Lexing.SpanLength(text, Comment) is > 0 and var comment:
                return (comment, CodeKinds.Comment);
            case '/' when !isValue && Lexing.SpanLength(text, LineComment) is > 0 and var line:
                return (line, CodeKinds.Comment);
            case '"' or '\'':
                return (Lexing.SpanLength(text, text[0] is '"' ? Double : Single), CodeKinds.String);
            case '@':
                return (1 + Lexing.WordLength(text[1..], withDashes: true), CodeKinds.Keyword);
            case '!' or '$' or '&':
                return (1 + Lexing.WordLength(text[1..], withDashes: true), text[0] is '!' ? CodeKinds.Keyword : CodeKinds.Variable);
            case '#' when isValue:
                return (1 + Lexing.WordLength(text[1..]), CodeKinds.Number);
            case '.' or '#' or ':' when isSelector && Lexing.IsWordStart(text.At(1)):
                return (1 + Lexing.WordLength(text[1..], withDashes: true), text[0] is ':' ? CodeKinds.Keyword : CodeKinds.Type);
            case var c when char.IsAsciiDigit(c) || (c is '.' && char.IsAsciiDigit(text.At(1))):
                return (1 + Lexing.NumberLength(text[1..]) + (text.At(1 + Lexing.NumberLength(text[1..])) is '%' ? 1 : 0), CodeKinds.Number);
            case var c when Lexing.IsWordStart(c) || (c is '-' && text.At(1) is '-' or >= 'a'):
                var length = WordEnd(text);
                return (length, isSelector ? CodeKinds.Tag
                    : !isValue ? CodeKinds.Name
                    : text.At(length) is '(' ? CodeKinds.Function
                    : c is '-' ? CodeKinds.Variable
                    : null);
            default:
                return (1, null);
        }
    }

    private static int WordEnd(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (Lexing.IsWord(text[length]) || text[length] is '-'))
        {
            length++;
        }

        return length;
    }
}
