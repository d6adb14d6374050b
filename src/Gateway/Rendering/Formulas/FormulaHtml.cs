using System.Text;
using GeminiChat.Gateway.Rendering.Code;

namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>Writes formulas as MathML. A formula that cannot be read stays as it is written, delimiters included.</summary>
internal static class FormulaHtml
{
    /// <summary>UTF-16 code units. A longer formula stays as it is written.</summary>
    private const int MaxLength = 4_000;

    /// <summary>A longer MathML is not written: <see cref="ExtraLength"/> and this for each character of the formula.</summary>
    private const int MaxHtmlPerCharacter = 14;

    private const int ExtraLength = 200;

    /// <summary>Writes the MathML of a formula, or its source if it cannot be read.</summary>
    /// <param name="tag">The element around it: <c>span</c> or <c>div</c>.</param>
    /// <param name="source">The formula with its delimiters.</param>
    public static string ToHtml(string tag, string source)
    {
        var (tex, isBlock) = WithoutDelimiters(source);
        var html = new StringBuilder();
        if (tex.Length > MaxLength || !TryWrite(html, tag, tex, isBlock))
        {
            html.Clear().Append('<').Append(tag).Append(" class=\"math\">");
            CodeWriter.AppendEscaped(html, source);
        }

        return html.Append("</").Append(tag).Append('>').ToString();
    }

    private static bool TryWrite(StringBuilder html, string tag, string tex, bool isBlock)
    {
        try
        {
            var formula = new TexParser(tex).Parse();
            html.Append('<').Append(tag).Append(" class=\"math\" data-tex=\"").Append(EscapeAttribute(tex)).Append("\"><math")
                .Append(isBlock ? " display=\"block\">" : ">");
            formula.Write(html);
            html.Append("</math>");
            return html.Length <= ExtraLength + (MaxHtmlPerCharacter * tex.Length);
        }
        catch (TexException)
        {
            return false;
        }
    }

    private static string EscapeAttribute(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);

    private static (string Tex, bool IsBlock) WithoutDelimiters(string source) => source switch
    {
        ['$', '$', .. var inner, '$', '$'] => (inner.Trim(), true),
        ['\\', '[', .. var inner, '\\', ']'] => (inner.Trim(), true),
        ['\\', '(', .. var inner, '\\', ')'] => (inner.Trim(), false),
        ['$', .. var inner, '$'] => (inner.Trim(), false),

        // A block ends with its list or quote, also without a closing delimiter.
        _ => (source, true),
    };
}
