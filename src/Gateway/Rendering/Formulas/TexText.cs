namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>Parses commands whose argument is a text, and those that choose an alphabet.</summary>
internal static class TexText
{
    /// <summary>Null if the command is another one.</summary>
    public static MathNode? Parse(TexParser parser, string name)
    {
        var reader = parser.Reader;
        switch (name)
        {
            case "text" or "textrm" or "textnormal" or "textup" or "textsf" or "mbox" or "hbox":
                return Text(reader.ReadRawArgument());
            case "textbf":
                return Text(reader.ReadRawArgument(), " class=\"bold\"");
            case "textit" or "emph":
                return Text(reader.ReadRawArgument(), " class=\"italic\"");
            case "texttt":
                return Text(reader.ReadRawArgument(), " class=\"mono\"");
            case "operatorname":
                var hasLimits = reader.TryRead("*");
                return MathNode.Function(Unescape(reader.ReadRawArgument()), hasLimits);
            case "tag":
                reader.TryRead("*");
                return MathNode.Of("mrow", MathNode.Space("2"), Text($"({reader.ReadRawArgument()})"));
            case "label" or "color":
                reader.ReadRawArgument();
                return MathNode.Space("0");
            case "textcolor":
                // The page chooses the colours, so that dark and light work.
                reader.ReadRawArgument();
                return parser.ParseArgument();
            default:
                return TexFonts.Find(name) is { } font ? ParseWithFont(parser, font) : null;
        }
    }

    private static MathNode Text(string text, string attributes = "") =>
        new("mtext", [], Unescape(text).Replace(' ', '\u00A0'), attributes);

    // Formulas and other commands within a text are not supported.
    private static string Unescape(string text)
    {
        var plain = text.Replace("\\,", "\u2009", StringComparison.Ordinal).Replace("\\ ", " ", StringComparison.Ordinal).Replace("~", " ", StringComparison.Ordinal);
        foreach (var c in "_%&#${}")
        {
            plain = plain.Replace($"\\{c}", c.ToString(), StringComparison.Ordinal);
        }

        return !plain.Contains('\\', StringComparison.Ordinal) ? plain : throw new TexException("A command in a text.");
    }

    private static MathNode ParseWithFont(TexParser parser, string font)
    {
        parser.Reader.SkipBlanks();

        // Several letters are one name.
        if (font is "mathrm" or "mathit" or "mathsf" or "mathtt" or "mathbf" && parser.Reader.TryReadWord() is { } word)
        {
            return MathNode.Identifier(TexFonts.Convert(word, font));
        }

        var before = parser.Font;
        parser.Font = font;
        var node = parser.ParseArgument();
        parser.Font = before;
        return node;
    }
}
