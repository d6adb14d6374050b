using static GeminiChat.Gateway.Rendering.Code.CommonTokens;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Highlights languages line by line: diffs, Markdown, YAML, TOML and INI.</summary>
internal static class LineLexer
{
    private static readonly DelimitedToken RawQuoted = new("'", "'", Escapes: false);
    private static readonly DelimitedToken InlineCode = new("`", "`", Escapes: false);

    public static void Write(CodeWriter writer, ReadOnlySpan<char> text, CodeSyntax syntax)
    {
        while (!text.IsEmpty)
        {
            var length = Math.Min(TokenScanner.LineLength(text) + 1, text.Length);
            var line = text[..length];
            switch (syntax)
            {
                case CodeSyntax.Diff:
                    writer.Write(line, DiffKind(line));
                    break;
                case CodeSyntax.Markdown:
                    WriteMarkdown(writer, line);
                    break;
                default:
                    WriteSetting(writer, line, syntax is CodeSyntax.Yaml ? ':' : '=');
                    break;
            }

            text = text[length..];
        }
    }

    private static string? DiffKind(ReadOnlySpan<char> line) => line switch
    {
        ['+', '+', '+', ..] or ['-', '-', '-', ..] or ['@', '@', ..] or ['d', 'i', 'f', 'f', ' ', ..] or ['i', 'n', 'd', 'e', 'x', ' ', ..] => CodeKinds.Meta,
        ['+', ..] => CodeKinds.Inserted,
        ['-', ..] => CodeKinds.Deleted,
        _ => null,
    };

    private static void WriteMarkdown(CodeWriter writer, ReadOnlySpan<char> line)
    {
        var rest = line.TrimStart();
        writer.Write(line[..^rest.Length]);
        switch (rest)
        {
            case ['#', ..]:
                writer.Write(rest, CodeKinds.Heading);
                return;
            case ['`', '`', '`', ..] or ['~', '~', '~', ..] or ['-', '-', '-', ..]:
                writer.Write(rest, CodeKinds.Meta);
                return;
            case ['>', ..]:
                writer.Write(rest, CodeKinds.Comment);
                return;
            case ['-' or '*' or '+', ' ', ..]:
                writer.Write(rest[..1], CodeKinds.Keyword);
                rest = rest[1..];
                break;
            default:
                break;
        }

        while (rest.IndexOf('`') is >= 0 and var at)
        {
            writer.Write(rest[..at]);
            var length = TokenScanner.DelimitedLength(rest[at..], InlineCode);
            writer.Write(rest.Slice(at, length), CodeKinds.String);
            rest = rest[(at + length)..];
        }

        writer.Write(rest);
    }

    /// <summary>A line of YAML, TOML or INI: a section, or a key and its value.</summary>
    private static void WriteSetting(CodeWriter writer, ReadOnlySpan<char> line, char separator)
    {
        var rest = line.TrimStart();
        while (rest is ['-', ' ', ..])
        {
            rest = rest[1..].TrimStart();
        }

        writer.Write(line[..^rest.Length]);
        if (rest is ['[', ..] && separator is '=' && !rest.Contains('='))
        {
            writer.Write(rest, CodeKinds.Tag);
            return;
        }

        if (rest is ['-', '-', '-', ..] or ['.', '.', '.', ..] or ['%', ..])
        {
            writer.Write(rest, CodeKinds.Meta);
            return;
        }

        var key = KeyLength(rest, separator);
        writer.Write(rest[..key], CodeKinds.Name);
        WriteValue(writer, rest[key..]);
    }

    private static int KeyLength(ReadOnlySpan<char> line, char separator)
    {
        if (line is ['#' or ';' or '\n' or '{' or '[', ..] or [])
        {
            return 0;
        }

        var start = line[0] is '"' or '\'' ? TokenScanner.DelimitedLength(line, line[0] is '"' ? DoubleQuoted : RawQuoted) : 0;
        var at = line[start..].IndexOf(separator);
        if (at < 0)
        {
            return 0;
        }

        at += start;
        var isKey = separator is '=' || at + 1 >= line.Length || char.IsWhiteSpace(line[at + 1]);
        return isKey && !line[..at].Contains('#') ? at : 0;
    }

    private static void WriteValue(CodeWriter writer, ReadOnlySpan<char> text)
    {
        var previous = ' ';
        while (!text.IsEmpty)
        {
            var isStart = previous is ' ' or '\t' or '[' or ',' or '{' or '=' or ':';
            var (length, kind) = NextValue(text, isStart);
            writer.Write(text[..length], kind);
            previous = text[length - 1];
            text = text[length..];
        }
    }

    private static (int Length, string? Kind) NextValue(ReadOnlySpan<char> text, bool isStart)
    {
        switch (text[0])
        {
            case '#' or ';' when isStart:
                return (text.Length, CodeKinds.Comment);
            case '"' or '\'' when isStart:
                return (TokenScanner.DelimitedLength(text, text[0] is '"' ? DoubleQuoted : RawQuoted), CodeKinds.String);
            case '&' or '*' or '!' or '$' when isStart:
                return (1 + TokenScanner.WordLength(text[1..], withDashes: true), CodeKinds.Variable);
            case var c when char.IsAsciiDigit(c) || (c is '-' && isStart && char.IsAsciiDigit(text.At(1))):
                var number = 1 + TokenScanner.NumberLength(text[1..]);
                return (number, isStart && (number == text.Length || text[number] is ' ' or '\n' or ',' or ']' or '}') ? CodeKinds.Number : null);
            case var c when TokenScanner.IsWordCharacter(c):
                var word = TokenScanner.WordLength(text, withDashes: true);
                return (word, isStart && text[..word] is "true" or "false" or "null" or "yes" or "no" or "on" or "off" ? CodeKinds.Keyword : null);
            default:
                return (1, null);
        }
    }
}
