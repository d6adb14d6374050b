namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Reads HTML and XML, with the scripts and styles in HTML.</summary>
internal static class MarkupLexer
{
    private static readonly CodeSpan Comment = new("<!--", "-->", IsMultiLine: true, Escapes: false);
    private static readonly CodeSpan Data = new("<![CDATA[", "]]>", IsMultiLine: true, Escapes: false);
    private static readonly CodeSpan Declaration = new("<!", ">", IsMultiLine: true, Escapes: false);
    private static readonly CodeSpan Instruction = new("<?", "?>", IsMultiLine: true, Escapes: false);
    private static readonly CodeSpan Double = new("\"", "\"", IsMultiLine: true, Escapes: false);
    private static readonly CodeSpan Single = new("'", "'", IsMultiLine: true, Escapes: false);

    public static void Write(CodeWriter writer, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var length = text[0] switch
            {
                '<' => Special(writer, text) is > 0 and var special ? special : Element(writer, text),
                '&' => Entity(writer, text),
                _ => Plain(writer, text),
            };
            text = text[length..];
        }
    }

    private static int Plain(CodeWriter writer, ReadOnlySpan<char> text)
    {
        var length = text[1..].IndexOfAny('<', '&') is >= 0 and var next ? next + 1 : text.Length;
        writer.Write(text[..length]);
        return length;
    }

    private static int Special(CodeWriter writer, ReadOnlySpan<char> text)
    {
        var (length, kind) =
            Lexing.SpanLength(text, Comment) is > 0 and var comment ? (comment, CodeKinds.Comment)
            : Lexing.SpanLength(text, Data) is > 0 and var data ? (data, CodeKinds.String)
            : Lexing.SpanLength(text, Declaration) is > 0 and var declaration ? (declaration, CodeKinds.Meta)
            : (Lexing.SpanLength(text, Instruction), CodeKinds.Meta);
        writer.Write(text[..length], kind);
        return length;
    }

    private static int Entity(CodeWriter writer, ReadOnlySpan<char> text)
    {
        var word = text.At(1) is '#' ? 2 : 1;
        word += Lexing.WordLength(text[word..]);
        var isEntity = text.At(word) is ';';
        writer.Write(text[..(isEntity ? word + 1 : 1)], isEntity ? CodeKinds.Number : null);
        return isEntity ? word + 1 : 1;
    }

    private static int Element(CodeWriter writer, ReadOnlySpan<char> text)
    {
        var start = text.At(1) is '/' ? 2 : 1;
        var name = NameLength(text[start..]);
        if (name == 0)
        {
            writer.Write(text[..1]);
            return 1;
        }

        var at = start + name;
        writer.Write(text[..at], CodeKinds.Tag);
        at += Attributes(writer, text[at..]);
        return at + (start == 1 ? Embedded(writer, text[at..], text.Slice(1, name)) : 0);
    }

    /// <summary>What is left of a tag, its end included.</summary>
    private static int Attributes(CodeWriter writer, ReadOnlySpan<char> text)
    {
        var at = 0;
        while (at < text.Length && text[at] is not '<')
        {
            var rest = text[at..];
            var (length, kind) = rest[0] switch
            {
                '"' => (Lexing.SpanLength(rest, Double), CodeKinds.String),
                '\'' => (Lexing.SpanLength(rest, Single), CodeKinds.String),
                '>' => (1, CodeKinds.Tag),
                '/' when rest.At(1) is '>' => (2, CodeKinds.Tag),
                _ => (Math.Max(1, NameLength(rest)), rest[0] is '=' or '/' || char.IsWhiteSpace(rest[0]) ? null : CodeKinds.Name),
            };
            writer.Write(rest[..length], kind);
            at += length;
            if (kind is CodeKinds.Tag)
            {
                break;
            }
        }

        return at;
    }

    private static int Embedded(CodeWriter writer, ReadOnlySpan<char> text, ReadOnlySpan<char> name)
    {
        var (end, language) = name switch { "script" => ("</script", "js"), "style" => ("</style", "css"), _ => ("", "") };
        if (end.Length == 0)
        {
            return 0;
        }

        var length = text.IndexOf(end, StringComparison.OrdinalIgnoreCase) is >= 0 and var found ? found : text.Length;
        CodeHighlighter.Write(writer, text[..length], CodeLanguages.Find(language)!);
        return length;
    }

    private static int NameLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (Lexing.IsWord(text[length]) || text[length] is '-' or ':' or '.' or '@' or '#'))
        {
            length++;
        }

        return length;
    }
}
