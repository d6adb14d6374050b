using static GeminiChat.Gateway.Rendering.Code.CommonTokens;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Highlights JSON, also with comments.</summary>
internal static class JsonLexer
{
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
                var quoted = TokenScanner.DelimitedLength(text, text[0] is '"' ? DoubleQuoted : SingleQuoted);
                return (quoted, text.At(quoted + TokenScanner.BlankLength(text[quoted..])) is ':' ? CodeKinds.Name : CodeKinds.String);
            case '/' when TokenScanner.DelimitedLength(text, BlockComment) is > 0 and var block:
                return (block, CodeKinds.Comment);
            case '/' when TokenScanner.DelimitedLength(text, LineComment) is > 0 and var line:
                return (line, CodeKinds.Comment);
            case '-' when char.IsAsciiDigit(text.At(1)):
                return (1 + TokenScanner.NumberLength(text[1..]), CodeKinds.Number);
            case var c when char.IsAsciiDigit(c):
                return (TokenScanner.NumberLength(text), CodeKinds.Number);
            case var c when TokenScanner.IsWordStart(c):
                var word = TokenScanner.WordLength(text);
                return (word, text[..word] is "true" or "false" or "null" ? CodeKinds.Keyword : text.At(word) is ':' ? CodeKinds.Name : null);
            default:
                return (1, null);
        }
    }
}
