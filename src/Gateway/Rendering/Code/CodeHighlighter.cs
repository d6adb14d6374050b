using System.Text;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>
/// Highlights code. Each lexer goes through the text once and looks back at what it has read, never ahead without a limit, so the
/// time is linear in the length of the code, whatever it contains.
/// </summary>
internal static class CodeHighlighter
{
    /// <summary>UTF-16 code units. Longer code has no colours.</summary>
    public const int MaxLength = 64_000;

    /// <summary>HTML for each character of the code. Ordinary code needs three to five.</summary>
    public const int MaxHtmlPerCharacter = 8;

    // A few words may all have a colour.
    private const int MinHtmlLimit = 64;

    /// <summary>Writes the code, with colours if there are any for its language.</summary>
    public static void Write(StringBuilder html, ReadOnlySpan<char> code, CodeLanguage? language)
    {
        var start = html.Length;
        if (language is null or { Syntax: CodeSyntax.Plain } || code.Length > MaxLength || !TryWriteColours(html, code, language))
        {
            html.Length = start;
            var writer = new CodeWriter(html, int.MaxValue - start);
            writer.Write(code);
            writer.Close();
        }
    }

    private static bool TryWriteColours(StringBuilder html, ReadOnlySpan<char> code, CodeLanguage language)
    {
        var writer = new CodeWriter(html, MinHtmlLimit + (code.Length * MaxHtmlPerCharacter));
        Write(writer, code, language);
        writer.Close();
        return !writer.IsFull;
    }

    /// <summary>Writes code that may be a part of other code.</summary>
    public static void Write(CodeWriter writer, ReadOnlySpan<char> code, CodeLanguage language)
    {
        switch (language.Syntax)
        {
            case CodeSyntax.General:
                new GeneralLexer(writer, code, language).Run();
                break;
            case CodeSyntax.Json:
                JsonLexer.Write(writer, code);
                break;
            case CodeSyntax.Markup:
                MarkupLexer.Write(writer, code);
                break;
            case CodeSyntax.Css:
                CssLexer.Write(writer, code);
                break;
            default:
                LineLexer.Write(writer, code, language.Syntax);
                break;
        }
    }
}
