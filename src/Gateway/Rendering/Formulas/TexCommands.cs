using System.Globalization;

namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>The commands of a formula.</summary>
internal sealed partial class TexParser
{
    private string TakeCommand()
    {
        var start = ++_at;
        while (char.IsAsciiLetter(Peek()))
        {
            _at++;
        }

        _at += _at == start && _at < source.Length ? 1 : 0;
        return source[start.._at];
    }

    private MathNode? ParseCommand()
    {
        var name = TakeCommand();
        return name.Length == 0 ? throw Unexpected()
            : TexSymbols.Ignored.Contains(name) || TrySwitchFont(name) ? null
            : FindSymbol(name) ?? ParseStructure(name) ?? ParseText(name) ?? ParseOther(name);
    }

    private bool TrySwitchFont(string name)
    {
        var isSwitch = TexFonts.IsSwitch(name);
        _font = isSwitch ? TexFonts.Find(name) : _font;
        return isSwitch;
    }

    private MathNode? FindSymbol(string name) =>
        TexSymbols.Letters.TryGetValue(name, out var letter) ? _font is null ? MathNode.Identifier(letter) : TexFonts.Letter(letter[0], _font)
        : TexSymbols.UprightLetters.TryGetValue(name, out var upright)
            ? _font is null or "mathrm" ? MathNode.Identifier(upright, TexFonts.Upright) : TexFonts.Letter(upright[0], _font)
        : TexSymbols.Operators.TryGetValue(name, out var sign) ? MathNode.Operator(sign)
        : TexSymbols.BigOperators.TryGetValue(name, out var big) ? MathNode.Operator(big) with { Scripts = ScriptPlace.Movable }
        : TexSymbols.Integrals.TryGetValue(name, out var integral) ? MathNode.Operator(integral)
        : TexSymbols.Fences.TryGetValue(name, out var fence) ? MathNode.Fence(fence, name[0] is 'l' or '{')
        : TexSymbols.Functions.TryGetValue(name, out var function) ? Function(function.TrimStart('*'), function[0] is '*')
        : TexSymbols.Spaces.TryGetValue(name, out var space) ? MathNode.Space(space)
        : string.IsNullOrWhiteSpace(name) ? MathNode.Space("0.25")
        : null;

    private static MathNode Function(string name, bool hasLimits) => hasLimits
        ? new MathNode("mo", [], name, " form=\"prefix\" movablelimits=\"true\" lspace=\"0em\" rspace=\"0em\"") { Scripts = ScriptPlace.Movable, IsFunction = true }
        : MathNode.Identifier(name, name.Length == 1 ? TexFonts.Upright : "") with { IsFunction = true };

    /// <summary>Commands that put nodes together.</summary>
    private MathNode? ParseStructure(string name)
    {
        if (TexSymbols.Accents.TryGetValue(name, out var accent))
        {
            var mark = MathNode.Operator(accent.TrimStart('*'), accent[0] is '*' ? " stretchy=\"true\"" : " stretchy=\"false\"");
            return MathNode.Of("mover", ParseArgument(), mark).With(" accent=\"true\"") with { Scripts = accent is "*⏞" ? ScriptPlace.BelowAndAbove : ScriptPlace.Beside };
        }

        if (TexSymbols.Under.TryGetValue(name, out var under))
        {
            return MathNode.Of("munder", ParseArgument(), MathNode.Operator(under, " stretchy=\"true\"")).With(" accentunder=\"true\"") with
            {
                Scripts = under is "⏟" ? ScriptPlace.BelowAndAbove : ScriptPlace.Beside,
            };
        }

        switch (name)
        {
            case "frac" or "dfrac" or "tfrac" or "cfrac":
                return Styled(MathNode.Of("mfrac", ParseArgument(), ParseArgument()), name[0]);
            case "binom" or "dbinom" or "tbinom":
                var choice = MathNode.Of("mfrac", ParseArgument(), ParseArgument()).With(" linethickness=\"0\"");
                return Styled(MathNode.Of("mrow", MathNode.Operator("("), choice, MathNode.Operator(")")), name[0]);
            case "sqrt":
                var index = ParseOption();
                return index is null ? MathNode.Of("msqrt", ParseArgument()) : MathNode.Of("mroot", ParseArgument(), index);
            case "overset" or "stackrel":
                var top = ParseArgument();
                return MathNode.Of("mover", ParseArgument(), top);
            case "underset":
                var bottom = ParseArgument();
                return MathNode.Of("munder", ParseArgument(), bottom);
            case "xrightarrow" or "xleftarrow" or "xRightarrow" or "xleftrightarrow" or "xmapsto":
                return Arrow(TexSymbols.Operators[name[1..]], ParseOption(), ParseArgument());
            case "left":
                return ParseDelimited();
            case "begin":
                return ParseEnvironment();
            case "substack":
                Expect('{');
                var lines = ParseTable("substack", "");
                Expect('}');
                return lines;
            case "phantom" or "hphantom" or "vphantom":
                return MathNode.Of("mphantom", ParseArgument());
            case "boxed" or "fbox":
                return MathNode.Of("mrow", ParseArgument()).With(" class=\"boxed\"");
            case "overline" or "underline":
                return MathNode.Of("mrow", ParseArgument()).With($" class=\"{name}\"");
            case "cancel" or "bcancel" or "xcancel" or "sout":
                return MathNode.Of("mrow", ParseArgument()).With(" class=\"cancel\"");
            default:
                return null;
        }
    }

    private static MathNode Styled(MathNode node, char style) => style switch
    {
        'd' or 'c' => MathNode.Of("mstyle", node).With(" displaystyle=\"true\" scriptlevel=\"0\""),
        't' => MathNode.Of("mstyle", node).With(" displaystyle=\"false\" scriptlevel=\"0\""),
        _ => node,
    };

    private static MathNode Arrow(string text, MathNode? below, MathNode above)
    {
        var arrow = MathNode.Operator(text, " stretchy=\"true\" minsize=\"1.5em\"");
        return below is null ? MathNode.Of("mover", arrow, above) : MathNode.Of("munderover", arrow, below, above);
    }

    private MathNode? ParseOption()
    {
        SkipBlanks();
        if (Peek() is not '[')
        {
            return null;
        }

        _at++;
        var row = ParseRow(end: ']');
        Expect(']');
        return MathNode.Row(row);
    }

    /// <summary>Texts and letters of another alphabet.</summary>
    private MathNode? ParseText(string name)
    {
        switch (name)
        {
            case "text" or "textrm" or "textnormal" or "mbox" or "hbox" or "textup":
                return Text(ParseRawArgument(), "");
            case "textbf" or "textit" or "texttt" or "textsf" or "emph":
                return Text(ParseRawArgument(), name switch { "textbf" => " class=\"bold\"", "texttt" => " class=\"mono\"", "textsf" => "", _ => " class=\"italic\"" });
            case "operatorname":
                var hasLimits = TryTake("*");
                return Function(ToPlain(ParseRawArgument()), hasLimits);
            case "color" or "textcolor":
                // The page chooses the colours, so that dark and light work.
                ParseRawArgument();
                SkipBlanks();
                return name is "textcolor" ? ParseArgument() : MathNode.Space("0");
            case "label":
                ParseRawArgument();
                return MathNode.Space("0");
            case "tag":
                TryTake("*");
                return MathNode.Of("mrow", MathNode.Space("2"), Text($"({ToPlain(ParseRawArgument())})", ""));
        }

        return TexFonts.Find(name) is { } font ? ParseFont(font) : null;
    }

    private static MathNode Text(string text, string attributes) =>
        new("mtext", [], ToPlain(text).Replace(' ', '\u00A0'), attributes);

    // Inside a text, formulas and commands other than escaped characters are too much.
    private static string ToPlain(string text)
    {
        var plain = text.Replace("\\,", "\u2009", StringComparison.Ordinal).Replace("\\ ", " ", StringComparison.Ordinal).Replace("~", " ", StringComparison.Ordinal);
        foreach (var c in "_%&#${}")
        {
            plain = plain.Replace($"\\{c}", c.ToString(), StringComparison.Ordinal);
        }

        return !plain.Contains('\\', StringComparison.Ordinal) ? plain : throw new TexException("A command in a text.");
    }

    private MathNode ParseFont(string font)
    {
        SkipBlanks();
        if (font is "mathrm" or "mathit" or "mathsf" or "mathtt" or "mathbf" && Peek() is '{' && source.IndexOf('}', _at) is > 0 and var end
            && end - _at > 2 && source.AsSpan(_at + 1, end - _at - 1) is var word && !word.ContainsAnyExceptInRange('A', 'z') && !word.ContainsAny("\\^_[]`"))
        {
            // Several letters are one name.
            _at = end + 1;
            return MathNode.Identifier(string.Concat(source[(end - word.Length)..end].Select(c => TexFonts.Letter(c, font).Text)));
        }

        var before = _font;
        _font = font;
        var node = ParseArgument();
        _font = before;
        return node;
    }

    private MathNode ParseOther(string name)
    {
        switch (name)
        {
            case "mathop" or "operatornamewithlimits":
                return ParseArgument() with { Scripts = ScriptPlace.Movable };
            case "mathbin" or "mathrel" or "mathord" or "mathopen" or "mathclose" or "mathpunct" or "mathinner" or "smash" or "mathstrut" or "ensuremath" or "hbox":
                return ParseArgument();
            case "bmod":
                return MathNode.Operator("mod", " lspace=\"0.25em\" rspace=\"0.25em\"");
            case "pmod" or "pod":
                return MathNode.Of("mrow", MathNode.Space("0.5"), MathNode.Fence("(", isOpening: true), name is "pod" ? MathNode.Space("0") : MathNode.Identifier("mod"),
                    MathNode.Space("0.3333"), ParseArgument(), MathNode.Fence(")"));
            case "mod":
                return MathNode.Of("mrow", MathNode.Space("0.5"), MathNode.Identifier("mod"), MathNode.Space("0.3333"));
            case "not":
                SkipBlanks();
                var next = _at < source.Length ? ParseArgument() : throw Unexpected();
                return next.Text.Length > 0 ? next with { Text = next.Text + "\u0338" } : throw Unexpected();
            case "hspace" or "mspace":
                return Width(ParseRawArgument());
            default:
                return BigSize(name) is { } size ? ParseBig(size, name[^1]) : throw new TexException("Unknown command.");
        }
    }

    private static MathNode Width(string text) =>
        text.EndsWith("em", StringComparison.Ordinal)
        && double.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var width)
        && Math.Abs(width) <= 4
            ? MathNode.Space(width.ToString("0.####", CultureInfo.InvariantCulture))
            : throw new TexException("The width is not in em, or too large.");
}
