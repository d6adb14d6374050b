namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Reads JSON, also with comments.</summary>
internal static class JsonLexer
{
    private static readonly CodeSpan Comment = new("//", "\n");
    private static readonly CodeSpan BlockComment = new("/*", "*/", IsMultiLine: true, Escapes: false);
    private static readonly CodeSpan Double = new("\"", "\"");
    private static readonly CodeSpan Single = new("'", "'");

    public static void Write(CodeWriter writer, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var (length, kind) = Next(text);
            writer.Write(text[..length], kind);
            text = text[length..];
        }
    }

    private static (int Length, string? Kind) Next(ReadOnlySpan<char> text)
    {
        switch (text[0])
        {
            case '"' or '\'':
                var quoted = Lexing.SpanLength(text, text[0] is '"' ? Double : Single);
                return (quoted, text.At(quoted + Lexing.BlankLength(text[quoted..])) is ':' ? CodeKinds.Name : CodeKinds.String);
            case '/' when Lexing.SpanLength(text, BlockComment) is > 0 and var block:
                return (block, CodeKinds.Comment);
            case '/' when Lexing.SpanLength(text, Comment) is > 0 and var line:
                return (line, CodeKinds.Comment);
            case '-' when char.IsAsciiDigit(text.At(1)):
                return (1 + Lexing.NumberLength(text[1..]), CodeKinds.Number);
            case var c when char.IsAsciiDigit(c):
                return (Lexing.NumberLength(text), CodeKinds.Number);
            case var c when Lexing.IsWordStart(c):
                var word = Lexing.WordLength(text);
                return (word, text[..word] is "true" or "false" or "null" ? CodeKinds.Keyword : text.At(word) is ':' ? CodeKinds.Name : null);
            default:
                return (1, null);
        }
    }
}
