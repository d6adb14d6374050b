using System.Globalization;

namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>Parses commands: <c>\name</c> with its arguments.</summary>
internal static class TexCommands
{
    private const double MaxSpaceWidth = 4;

    /// <summary>A node; null for a command that shows nothing.</summary>
    public static MathNode? Parse(TexParser parser)
    {
        var name = parser.Reader.ReadCommand();
        if (TexFonts.FindSwitch(name) is { } font)
        {
            parser.Font = font;
            return null;
        }

        return TexSymbols.Ignored.Contains(name) ? null
            : TexSymbols.Find(name, parser.Font)
            ?? ParseAccent(parser, name)
            ?? ParseFraction(parser, name)
            ?? ParseStack(parser, name)
            ?? ParseWrapper(parser, name)
            ?? ParseSpace(parser, name)
            ?? TexText.Parse(parser, name)
            ?? TexDelimiters.ParseBig(parser, name)
            ?? ParseOther(parser, name)
            ?? throw new TexException("Unknown command.");
    }

    /// <summary>A command that changes the style of all that follows in its group; null if none is next.</summary>
    public static MathNode? TryParseStyle(TexParser parser)
    {
        var reader = parser.Reader;
        var attributes = reader.TryRead("\\displaystyle") ? " displaystyle=\"true\" scriptlevel=\"0\""
            : reader.TryRead("\\textstyle") ? " displaystyle=\"false\" scriptlevel=\"0\""
            : reader.TryRead("\\scriptstyle") ? " displaystyle=\"false\" scriptlevel=\"1\""
            : reader.TryRead("\\scriptscriptstyle") ? " displaystyle=\"false\" scriptlevel=\"2\""
            : null;
        return attributes is null ? null : new MathNode("mstyle", parser.ParseRow(), "", attributes);
    }

    private static MathNode? ParseAccent(TexParser parser, string name)
    {
        if (TexSymbols.Accents.TryGetValue(name, out var accent))
        {
            var mark = MathNode.Operator(accent.TrimStart('*'), accent[0] is '*' ? " stretchy=\"true\"" : " stretchy=\"false\"");
            return MathNode.Of("mover", parser.ParseArgument(), mark).With(" accent=\"true\"") with { Scripts = LabelPlacement(accent is "*⏞") };
        }

        if (TexSymbols.UnderAccents.TryGetValue(name, out var under))
        {
            var mark = MathNode.Operator(under, " stretchy=\"true\"");
            return MathNode.Of("munder", parser.ParseArgument(), mark).With(" accentunder=\"true\"") with { Scripts = LabelPlacement(under is "⏟") };
        }

        return null;
    }

    // The script of a brace is its label.
    private static ScriptPlacement LabelPlacement(bool isBrace) => isBrace ? ScriptPlacement.BelowAndAbove : ScriptPlacement.Beside;

    private static MathNode? ParseFraction(TexParser parser, string name)
    {
        switch (name)
        {
            case "frac" or "dfrac" or "tfrac" or "cfrac":
                return WithStyle(MathNode.Of("mfrac", parser.ParseArgument(), parser.ParseArgument()), name[0]);
            case "binom" or "dbinom" or "tbinom":
                var choice = MathNode.Of("mfrac", parser.ParseArgument(), parser.ParseArgument()).With(" linethickness=\"0\"");
                return WithStyle(MathNode.Of("mrow", MathNode.Operator("("), choice, MathNode.Operator(")")), name[0]);
            case "sqrt":
                var index = parser.ParseOptionalArgument();
                return index is null ? MathNode.Of("msqrt", parser.ParseArgument()) : MathNode.Of("mroot", parser.ParseArgument(), index);
            default:
                return null;
        }
    }

    private static MathNode WithStyle(MathNode node, char style) => style switch
    {
        'd' or 'c' => MathNode.Of("mstyle", node).With(" displaystyle=\"true\" scriptlevel=\"0\""),
        't' => MathNode.Of("mstyle", node).With(" displaystyle=\"false\" scriptlevel=\"0\""),
        _ => node,
    };

    /// <summary>Nodes above and below another one.</summary>
    private static MathNode? ParseStack(TexParser parser, string name)
    {
        switch (name)
        {
            case "overset" or "stackrel":
                var above = parser.ParseArgument();
                return MathNode.Of("mover", parser.ParseArgument(), above);
            case "underset":
                var below = parser.ParseArgument();
                return MathNode.Of("munder", parser.ParseArgument(), below);
            case "xrightarrow" or "xleftarrow" or "xRightarrow" or "xleftrightarrow" or "xmapsto":
                var arrow = MathNode.Operator(TexSymbols.Operators[name[1..]], " stretchy=\"true\" minsize=\"1.5em\"");
                var belowArrow = parser.ParseOptionalArgument();
                return belowArrow is null ? MathNode.Of("mover", arrow, parser.ParseArgument())
                    : MathNode.Of("munderover", arrow, belowArrow, parser.ParseArgument());
            case "substack":
                parser.Reader.Expect('{');
                var lines = TexTables.ParseRows(parser, "substack", "");
                parser.Reader.Expect('}');
                return lines;
            default:
                return null;
        }
    }

    /// <summary>Nodes around an argument, or around more than that.</summary>
    private static MathNode? ParseWrapper(TexParser parser, string name) => name switch
    {
        "left" => TexDelimiters.ParsePair(parser),
        "begin" => TexTables.ParseEnvironment(parser),
        "phantom" or "hphantom" or "vphantom" => MathNode.Of("mphantom", parser.ParseArgument()),
        "boxed" or "fbox" => MathNode.Of("mrow", parser.ParseArgument()).With(" class=\"boxed\""),
        "overline" or "underline" => MathNode.Of("mrow", parser.ParseArgument()).With($" class=\"{name}\""),
        "cancel" or "bcancel" or "xcancel" or "sout" => MathNode.Of("mrow", parser.ParseArgument()).With(" class=\"cancel\""),
        "mathop" or "operatornamewithlimits" => parser.ParseArgument() with { Scripts = ScriptPlacement.Movable },
        "mathbin" or "mathrel" or "mathord" or "mathopen" or "mathclose" or "mathpunct" or "mathinner" or "smash" or "ensuremath" => parser.ParseArgument(),
        _ => null,
    };

    private static MathNode? ParseSpace(TexParser parser, string name)
    {
        if (name is not ("hspace" or "mspace"))
        {
            return null;
        }

        var text = parser.Reader.ReadRawArgument();
        return text.EndsWith("em", StringComparison.Ordinal)
            && double.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var width)
            && Math.Abs(width) <= MaxSpaceWidth
                ? MathNode.Space(width.ToString("0.####", CultureInfo.InvariantCulture))
                : throw new TexException("The width is not in em, or too large.");
    }

    private static MathNode? ParseOther(TexParser parser, string name) => name switch
    {
        "bmod" => MathNode.Operator("mod", " lspace=\"0.25em\" rspace=\"0.25em\""),
        "mod" => MathNode.Of("mrow", MathNode.Space("0.5"), MathNode.Identifier("mod"), MathNode.Space("0.3333")),
        "pmod" => ParseModulus(parser, MathNode.Identifier("mod")),
        "pod" => ParseModulus(parser, MathNode.Space("0")),
        "not" when parser.ParseArgument() is { Text.Length: > 0 } negated => negated with { Text = negated.Text + "\u0338" },
        _ => null,
    };

    private static MathNode ParseModulus(TexParser parser, MathNode name) => MathNode.Of(
        "mrow", MathNode.Space("0.5"), MathNode.Fence("(", isOpening: true), name, MathNode.Space("0.3333"), parser.ParseArgument(), MathNode.Fence(")"));
}
