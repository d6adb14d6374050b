namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Highlights HTML and XML, with the scripts and styles in HTML.</summary>
internal static class MarkupLexer
{
    private static readonly DelimitedToken Comment = new("<!--", "-->", IsMultiLine: true, Escapes: false);
    private static readonly DelimitedToken CData = new("<![CDATA[", "]]>", IsMultiLine: true, Escapes: false);
    private static readonly DelimitedToken Declaration = new("<!", ">", IsMultiLine: true, Escapes: false);
    private static readonly DelimitedToken Instruction = new("<?", "?>", IsMultiLine: true, Escapes: false);
    private static readonly DelimitedToken DoubleQuoted = new("\"", "\"", IsMultiLine: true, Escapes: false);
    private static readonly DelimitedToken SingleQuoted = new("'", "'", IsMultiLine: true, Escapes: false);

    public static void Write(CodeWriter writer, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var length = text[0] switch
            {
                '<' => WriteDeclaration(writer, text) is > 0 and var declaration ? declaration : WriteTag(writer, text),
                '&' => WriteEntity(writer, text),
                _ => WriteText(writer, text),
            };
            text = text[length..];
        }
    }

    private static int WriteText(CodeWriter writer, ReadOnlySpan<char> text)
    {
        var length = text[1..].IndexOfAny('<', '&') is >= 0 and var next ? next + 1 : text.Length;
        writer.Write(text[..length]);
        return length;
    }

    private static int WriteDeclaration(CodeWriter writer, ReadOnlySpan<char> text)
    {
        var (length, kind) =
            TokenScanner.DelimitedLength(text, Comment) is > 0 and var comment ? (comment, CodeKinds.Comment)
            : TokenScanner.DelimitedLength(text, CData) is > 0 and var data ? (data, CodeKinds.String)
            : TokenScanner.DelimitedLength(text, Declaration) is > 0 and var declaration ? (declaration, CodeKinds.Meta)
            : (TokenScanner.DelimitedLength(text, Instruction), CodeKinds.Meta);
        writer.Write(text[..length], kind);
        return length;
    }

    private static int WriteEntity(CodeWriter writer, ReadOnlySpan<char> text)
    {
        var word = text.At(1) is '#' ? 2 : 1;
        word += TokenScanner.WordLength(text[word..]);
        var isEntity = text.At(word) is ';';
        writer.Write(text[..(isEntity ? word + 1 : 1)], isEntity ? CodeKinds.Number : null);
        return isEntity ? word + 1 : 1;
    }

    private static int WriteTag(CodeWriter writer, ReadOnlySpan<char> text)
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
        at += WriteAttributes(writer, text[at..]);
        return at + (start == 1 ? WriteEmbeddedCode(writer, text[at..], text.Slice(1, name)) : 0);
    }

    /// <summary>Writes the rest of a tag, with its closing bracket.</summary>
    private static int WriteAttributes(CodeWriter writer, ReadOnlySpan<char> text)
    {
        var at = 0;
        while (at < text.Length && text[at] is not '<')
        {
            var rest = text[at..];
            var (length, kind) = rest[0] switch
            {
                '"' => (TokenScanner.DelimitedLength(rest, DoubleQuoted), CodeKinds.String),
                '\'' => (TokenScanner.DelimitedLength(rest, SingleQuoted), CodeKinds.String),
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

    private static int WriteEmbeddedCode(CodeWriter writer, ReadOnlySpan<char> text, ReadOnlySpan<char> name)
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
        while (length < text.Length && (TokenScanner.IsWordCharacter(text[length]) || text[length] is '-' or ':' or '.' or '@' or '#'))
        {
            length++;
        }

        return length;
    }
}
