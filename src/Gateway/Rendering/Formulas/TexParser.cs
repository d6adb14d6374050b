using System.Globalization;

namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>
/// Reads a formula of TeX into MathML. It goes through the source once. A command that it does not know ends the reading, so that the
/// formula is shown as it is written: TeX has no macros, addresses, styles or files here.
/// </summary>
/// <param name="source">The formula without its delimiters.</param>
internal sealed partial class TexParser(string source)
{
    private const int MaxDepth = 40;
    private const string Movable = " movablelimits=\"true\"";
    private const string Fixed = " movablelimits=\"false\"";

    private int _at;
    private int _depth;
    private string? _font;

    public MathNode Parse()
    {
        var all = ParseRow();
        return _at == source.Length ? MathNode.Row(all) : throw Unexpected();
    }

    private TexException Unexpected() => new($"Unexpected text at {_at.ToString(CultureInfo.InvariantCulture)}.");

    private char Peek(int offset = 0) => _at + offset < source.Length ? source[_at + offset] : '\0';

    private bool TryTake(string text)
    {
        var isNext = source.AsSpan(_at).StartsWith(text, StringComparison.Ordinal)
            && !(char.IsAsciiLetter(text[^1]) && char.IsAsciiLetter(Peek(text.Length)));
        _at += isNext ? text.Length : 0;
        return isNext;
    }

    private void SkipBlanks()
    {
        while (_at < source.Length && (char.IsWhiteSpace(source[_at]) || source[_at] is '%'))
        {
            // A comment ends with its line.
            _at = source[_at] is not '%' ? _at + 1 : source.IndexOf('\n', _at) is >= 0 and var end ? end : source.Length;
        }
    }

    /// <summary>Nodes up to the end of a group, a cell, a row or a pair of delimiters. What ends them is not taken.</summary>
    private List<MathNode> ParseRow(char end = '\0')
    {
        if (++_depth > MaxDepth)
        {
            throw new TexException("The formula is nested too deeply.");
        }

        var (row, font) = (new List<MathNode>(), _font);
        for (SkipBlanks(); !IsEndOfRow(end); SkipBlanks())
        {
            ParseItem(row);
        }

        _font = font;
        _depth--;
        return row;
    }

    private bool IsEndOfRow(char end)
    {
        var c = Peek();
        if (c is not '\\')
        {
            return c is '\0' or '}' or '&' || (end is not '\0' && c == end);
        }

        var rest = source.AsSpan(_at + 1);
        return rest is ['\\', ..] || rest.StartsWith("cr") && !char.IsAsciiLetter(Peek(3)) || rest.StartsWith("end{")
            || (rest.StartsWith("right") && !char.IsAsciiLetter(Peek(6))) || (rest.StartsWith("middle") && !char.IsAsciiLetter(Peek(7)));
    }

    /// <summary>A node with its scripts.</summary>
    private void ParseItem(List<MathNode> row)
    {
        if (TryParseStyle(row))
        {
            return;
        }

        var atom = Peek() is '^' or '_' or '\'' ? MathNode.Row([]) : ParseAtom(row is [] ? null : row[^1]);
        if (atom is null)
        {
            return;
        }

        var node = ParseScripts(atom);
        if (atom.IsFunction && row is [.., { Tag: "mi" or "mn" or "msup" or "msub", IsFunction: false }])
        {
            row.Add(MathNode.Space("0.1667"));
        }

        row.Add(node);
        SkipBlanks();
        if (atom.IsFunction && (char.IsLetterOrDigit(Peek()) || (Peek() is '\\' && char.IsAsciiLetter(Peek(1)) && !IsEndOfRow('\0') && !source.AsSpan(_at).StartsWith("\\left"))))
        {
            row.Add(MathNode.Space("0.1667"));
        }
    }

    private MathNode ParseScripts(MathNode atom)
    {
        var place = atom.Scripts;
        for (SkipBlanks(); TryTake("\\limits") || TryTake("\\nolimits"); SkipBlanks())
        {
            var isBelow = source.AsSpan(0, _at).EndsWith("\\limits");
            place = isBelow ? ScriptPlace.BelowAndAbove : ScriptPlace.Beside;
            atom = isBelow ? WithFixedLimits(atom) : atom;
        }

        MathNode? below = null, above = null;
        for (SkipBlanks(); Peek() is '^' or '_' or '\''; SkipBlanks())
        {
            if (Peek() is '\'')
            {
                above = above is null ? ParsePrimes() : MathNode.Of("mrow", above, ParsePrimes());
                continue;
            }

            var isBelow = source[_at++] is '_';
            var script = ParseArgument();
            (below, above) = isBelow
                ? (below is null ? script : throw Unexpected(), above)
                : (below, above is null ? script : MathNode.Of("mrow", above, script));
        }

        var (sub, sup, both) = place is ScriptPlace.Beside ? ("msub", "msup", "msubsup") : ("munder", "mover", "munderover");
        return (below, above) switch
        {
            (null, null) => atom,
            ({ } low, null) => MathNode.Of(sub, atom, low),
            (null, { } high) => MathNode.Of(sup, atom, high),
            ({ } low, { } high) => MathNode.Of(both, atom, low, high),
        };
    }

    private static MathNode WithFixedLimits(MathNode atom) => atom.Attributes.Contains(Movable, StringComparison.Ordinal)
        ? atom with { Attributes = atom.Attributes.Replace(Movable, Fixed, StringComparison.Ordinal) }
        : atom.Attributes.Contains(Fixed, StringComparison.Ordinal) || atom.Tag is not "mo" ? atom
        : atom.With(Fixed);

    private MathNode ParsePrimes()
    {
        var count = 0;
        for (; Peek() is '\''; _at++)
        {
            count++;
        }

        return MathNode.Operator(count switch { 1 => "′", 2 => "″", 3 => "‴", <= 20 => new string('′', count), _ => throw Unexpected() }, " lspace=\"0em\" rspace=\"0em\"") with { ExpectsOperand = false };
    }

    /// <summary>The argument of a command or script: a group, or a single node.</summary>
    private MathNode ParseArgument()
    {
        SkipBlanks();
        if (Peek() is '{')
        {
            return ParseGroup();
        }

        if (char.IsAsciiDigit(Peek()))
        {
            return TexFonts.Letter(source[_at++], _font ?? "mathrm") with { Tag = "mn", Attributes = "" };
        }

        if (++_depth > MaxDepth || IsEndOfRow('\0'))
        {
            throw Unexpected();
        }

        var atom = ParseAtom(before: null) ?? throw Unexpected();
        _depth--;
        return atom;
    }

    private MathNode ParseGroup()
    {
        Expect('{');
        var row = ParseRow();
        Expect('}');

        // A separator in a group is part of a number: 1{,}000.
        return row is [{ Text: "," or "." or ":" } sign] ? sign.With(" lspace=\"0em\" rspace=\"0em\"") : MathNode.Row(row);
    }

    private void Expect(char c)
    {
        SkipBlanks();
        if (Peek() != c)
        {
            throw Unexpected();
        }

        _at++;
    }

    /// <summary>The text of an argument, not read as a formula.</summary>
    private string ParseRawArgument()
    {
        Expect('{');
        var (start, open) = (_at, 1);
        for (; open > 0; _at++)
        {
            open += Peek() switch { '{' => 1, '}' => -1, '\0' => throw Unexpected(), _ => 0 };
            _at += Peek() is '\\' && Peek(1) is not '\0' ? 1 : 0;
        }

        return source[start..(_at - 1)];
    }

    /// <summary>A node without scripts; null for a command that shows nothing.</summary>
    private MathNode? ParseAtom(MathNode? before)
    {
        var c = source[_at];
        switch (c)
        {
            case '{':
                return ParseGroup();
            case '\\':
                return ParseCommand();
            case '#' or '}' or '&' or '$':
                throw Unexpected();
        }

        if (char.IsAsciiDigit(c) || (c is '.' && char.IsAsciiDigit(Peek(1))))
        {
            return ParseNumber();
        }

        _at++;
        return c switch
        {
            '(' or '[' => MathNode.Fence(c.ToString(), isOpening: true),
            ')' or ']' => MathNode.Fence(c.ToString()),
            '|' => MathNode.Fence("|") with { ExpectsOperand = before is null or { ExpectsOperand: true } },
            '+' or '-' => Sign(c is '-' ? "−" : "+", before),
            '*' => MathNode.Operator("∗"),
            '~' => MathNode.Space("0.25"),
            '!' or '.' or '"' or '@' => MathNode.Operator(c.ToString()) with { ExpectsOperand = false },
            '/' => MathNode.Operator("/", " lspace=\"0em\" rspace=\"0em\""),
            _ when char.IsLetter(c) => TexFonts.Letter(c, _font),
            _ when char.IsHighSurrogate(c) && char.IsLowSurrogate(Peek()) => MathNode.Identifier(new string([c, source[_at++]])),
            _ when char.IsControl(c) || char.IsSurrogate(c) => throw Unexpected(),
            _ => MathNode.Operator(c.ToString()),
        };
    }

    // Without a left side it is no operation, so it stands next to its operand.
    private static MathNode Sign(string text, MathNode? before) =>
        MathNode.Operator(text, before is null or { ExpectsOperand: true } ? " form=\"prefix\"" : "");

    private MathNode ParseNumber()
    {
        var start = _at;
        while (char.IsAsciiDigit(Peek()) || (Peek() is '.' && char.IsAsciiDigit(Peek(1))))
        {
            _at++;
        }

        return _font is null or "mathrm" or "mathit" ? MathNode.Number(source[start.._at])
            : MathNode.Number(string.Concat(source[start.._at].Select(c => TexFonts.Letter(c, _font).Text)));
    }
}
