namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>
/// Parses a formula of TeX into MathML. An unknown command ends the parsing, so that the formula is shown as it is written: TeX has no
/// macros, addresses, styles or files here.
/// </summary>
/// <param name="source">The formula without its delimiters.</param>
internal sealed class TexParser(string source)
{
    private const int MaxDepth = 40;

    private int _depth;

    public TexReader Reader { get; } = new(source);

    /// <summary>The alphabet of the next letters, one of <see cref="TexFonts"/>; null for the usual one.</summary>
    public string? Font { get; set; }

    public MathNode Parse()
    {
        var row = ParseRow();
        return Reader.IsAtEnd ? MathNode.Row(row) : throw Reader.Unexpected();
    }

    /// <summary>Nodes up to the end of a group, a cell, a row or a pair of delimiters. What ends them is not read.</summary>
    public List<MathNode> ParseRow(char end = '\0')
    {
        EnterLevel();
        var (row, font) = (new List<MathNode>(), Font);
        for (Reader.SkipBlanks(); !IsEndOfRow(end); Reader.SkipBlanks())
        {
            ParseItem(row);
        }

        Font = font;
        _depth--;
        return row;
    }

    /// <summary>The argument of a command or script: a group, or a single node.</summary>
    public MathNode ParseArgument()
    {
        Reader.SkipBlanks();
        if (Reader.Peek() is '{')
        {
            return ParseGroup();
        }

        if (char.IsAsciiDigit(Reader.Peek()))
        {
            return TexFonts.ToNumber(Reader.Read().ToString(), Font);
        }

        EnterLevel();
        var atom = IsEndOfRow() ? null : ParseAtom(before: null);
        _depth--;
        return atom ?? throw Reader.Unexpected();
    }

    /// <summary>An argument in square brackets; null if there is none.</summary>
    public MathNode? ParseOptionalArgument()
    {
        Reader.SkipBlanks();
        if (!Reader.TryRead("["))
        {
            return null;
        }

        var row = ParseRow(end: ']');
        Reader.Expect(']');
        return MathNode.Row(row);
    }

    private void EnterLevel()
    {
        if (++_depth > MaxDepth)
        {
            throw new TexException("The formula is nested too deeply.");
        }
    }

    private bool IsEndOfRow(char end = '\0') => Reader.Peek() switch
    {
        '\0' or '}' or '&' => true,
        '\\' => Reader.IsNext("\\\\") || Reader.IsNext("\\cr") || Reader.IsNext("\\end{") || Reader.IsNext("\\right") || Reader.IsNext("\\middle"),
        var next => next == end,
    };

    /// <summary>Adds a node with its scripts.</summary>
    private void ParseItem(List<MathNode> row)
    {
        if (TexCommands.TryParseStyle(this) is { } styled)
        {
            row.Add(styled);
            return;
        }

        var atom = Reader.Peek() is '^' or '_' or '\'' ? MathNode.Row([]) : ParseAtom(row is [] ? null : row[^1]);
        if (atom is null)
        {
            return;
        }

        var node = TexScripts.Parse(this, atom);
        if (atom.IsFunction && row is [.., { Tag: "mi" or "mn" or "msup" or "msub", IsFunction: false }])
        {
            row.Add(MathNode.FunctionSpace);
        }

        row.Add(node);
        Reader.SkipBlanks();
        if (atom.IsFunction && IsStartOfOperand())
        {
            row.Add(MathNode.FunctionSpace);
        }
    }

    // Delimiters have a space of their own.
    private bool IsStartOfOperand() => char.IsLetterOrDigit(Reader.Peek())
        || (Reader.Peek() is '\\' && char.IsAsciiLetter(Reader.Peek(1)) && !IsEndOfRow() && !Reader.StartsWith("\\left"));

    private MathNode ParseGroup()
    {
        Reader.Expect('{');
        var row = ParseRow();
        Reader.Expect('}');

        // A separator in a group is part of a number: 1{,}000.
        return row is [{ Text: "," or "." or ":" } separator] ? separator.With(" lspace=\"0em\" rspace=\"0em\"") : MathNode.Row(row);
    }

    /// <summary>A node without scripts; null for a command that shows nothing.</summary>
    private MathNode? ParseAtom(MathNode? before) => Reader.Peek() switch
    {
        '{' => ParseGroup(),
        '\\' => TexCommands.Parse(this),
        var c when char.IsAsciiDigit(c) || (c is '.' && char.IsAsciiDigit(Reader.Peek(1))) => TexFonts.ToNumber(Reader.ReadNumber(), Font),
        _ => ParseCharacter(before),
    };

    private MathNode ParseCharacter(MathNode? before)
    {
        var c = Reader.Read();
        return c switch
        {
            '#' or '$' => throw Reader.Unexpected(),
            '(' or '[' => MathNode.Fence(c.ToString(), isOpening: true),
            ')' or ']' => MathNode.Fence(c.ToString()),
            '|' => MathNode.Fence("|") with { ExpectsOperand = before is null or { ExpectsOperand: true } },
            '+' => Sign("+", before),
            '-' => Sign("−", before),
            '*' => MathNode.Operator("∗"),
            '~' => MathNode.Space("0.25"),
            '!' or '.' or '"' or '@' => MathNode.Operator(c.ToString()) with { ExpectsOperand = false },
            '/' => MathNode.Operator("/", " lspace=\"0em\" rspace=\"0em\""),
            _ when char.IsLetter(c) => TexFonts.ToIdentifier(c, Font),
            _ when char.IsHighSurrogate(c) && char.IsLowSurrogate(Reader.Peek()) => MathNode.Identifier(new string([c, Reader.Read()])),
            _ when char.IsControl(c) || char.IsSurrogate(c) => throw Reader.Unexpected(),
            _ => MathNode.Operator(c.ToString()),
        };
    }

    // Without a left side it is no operation, so it stands next to its operand.
    private static MathNode Sign(string text, MathNode? before) =>
        MathNode.Operator(text, before is null or { ExpectsOperand: true } ? " form=\"prefix\"" : "");
}
