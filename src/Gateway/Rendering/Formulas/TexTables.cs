namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>Delimiters, styles and tables of a formula.</summary>
internal sealed partial class TexParser
{
    private static string? BigSize(string name) => name.TrimEnd('l', 'r', 'm') switch
    {
        "big" => "1.2",
        "Big" => "1.8",
        "bi" or "Bi" => null,
        "bigg" => "2.4",
        "Bigg" => "3",
        _ => null,
    };

    private MathNode ParseBig(string size, char side)
    {
        var form = side switch { 'l' => " form=\"prefix\"", 'r' => " form=\"postfix\"", _ => "" };
        return MathNode.Operator(ParseDelimiter(), $"{form} stretchy=\"true\" minsize=\"{size}em\" maxsize=\"{size}em\"") with { ExpectsOperand = side is 'l' };
    }

    /// <summary>A delimiter; empty for none.</summary>
    private string ParseDelimiter()
    {
        SkipBlanks();
        if (Peek() is not '\\')
        {
            var c = Peek();
            _at++;
            return c switch
            {
                '.' => "",
                '<' => "⟨",
                '>' => "⟩",
                '(' or ')' or '[' or ']' or '|' or '/' => c.ToString(),
                _ => throw Unexpected(),
            };
        }

        var name = TakeCommand();
        return TexSymbols.Fences.TryGetValue(name, out var fence) ? fence
            : TexSymbols.Operators.TryGetValue(name, out var other) ? other
            : throw Unexpected();
    }

    private MathNode ParseDelimited()
    {
        var all = new List<MathNode>();
        AddDelimiter(all, " form=\"prefix\"");
        all.Add(MathNode.Row(ParseRow()));
        while (TryTake("\\middle"))
        {
            AddDelimiter(all, "");
            all.Add(MathNode.Row(ParseRow()));
        }

        if (!TryTake("\\right"))
        {
            throw Unexpected();
        }

        AddDelimiter(all, " form=\"postfix\"");
        return new MathNode("mrow", all);
    }

    private void AddDelimiter(List<MathNode> row, string form)
    {
        if (ParseDelimiter() is { Length: > 0 } delimiter)
        {
            row.Add(MathNode.Operator(delimiter, $"{form} stretchy=\"true\""));
        }
    }

    /// <summary>A command that changes what follows in its group.</summary>
    private bool TryParseStyle(List<MathNode> row)
    {
        var attributes = TryTake("\\displaystyle") ? " displaystyle=\"true\" scriptlevel=\"0\""
            : TryTake("\\textstyle") ? " displaystyle=\"false\" scriptlevel=\"0\""
            : TryTake("\\scriptstyle") ? " displaystyle=\"false\" scriptlevel=\"1\""
            : TryTake("\\scriptscriptstyle") ? " displaystyle=\"false\" scriptlevel=\"2\""
            : null;
        if (attributes is null)
        {
            return false;
        }

        row.Add(new MathNode("mstyle", ParseRow(), "", attributes));
        return true;
    }

    private MathNode ParseEnvironment()
    {
        var name = ParseRawArgument();
        var node = name.TrimEnd('*') switch
        {
            "matrix" => Matrix("", ""),
            "pmatrix" => Matrix("(", ")"),
            "bmatrix" => Matrix("[", "]"),
            "Bmatrix" => Matrix("{", "}"),
            "vmatrix" => Matrix("|", "|"),
            "Vmatrix" => Matrix("‖", "‖"),
            "smallmatrix" => ParseTable("small", ""),
            "cases" or "dcases" => Enclose("{", ParseTable("cases", "ll"), ""),
            "rcases" => Enclose("", ParseTable("cases", "ll"), "}"),
            "array" or "darray" => ParseTable("array", ParseRawArgument()),
            "aligned" or "align" or "split" or "eqnarray" => ParseTable("aligned", "rl"),
            "alignat" or "alignedat" when ParseRawArgument() is not null => ParseTable("aligned", "rl"),
            "gathered" or "gather" or "equation" or "multline" or "displaymath" or "math" => ParseTable("aligned", "c"),
            _ => throw new TexException("Unknown environment."),
        };
        return TryTake("\\end{" + name + "}") ? node : throw Unexpected();
    }

    private MathNode Matrix(string open, string close)
    {
        // The option of starred matrices: how columns are aligned.
        var columns = Peek() is '[' && source.IndexOf(']', _at) is > 0 and var end ? source[(_at + 1)..end] : "";
        _at += columns.Length > 0 ? columns.Length + 2 : 0;
        return Enclose(open, ParseTable("matrix", columns), close);
    }

    private static MathNode Enclose(string open, MathNode table, string close)
    {
        var all = new List<MathNode>();
        if (open.Length > 0)
        {
            all.Add(MathNode.Operator(open, " form=\"prefix\" stretchy=\"true\""));
        }

        all.Add(table);
        if (close.Length > 0)
        {
            all.Add(MathNode.Operator(close, " form=\"postfix\" stretchy=\"true\""));
        }

        return MathNode.Row(all);
    }

    /// <summary>Rows of cells, up to the end of the group or environment.</summary>
    /// <param name="kind">The CSS class of the table.</param>
    /// <param name="columns">How columns are aligned, as an array of TeX says it. The last two repeat.</param>
    private MathNode ParseTable(string kind, string columns)
    {
        var rows = new List<MathNode>();
        while (true)
        {
            var hasLine = false;
            for (SkipBlanks(); TryTake("\\hline"); SkipBlanks())
            {
                hasLine = true;
            }

            var cells = new List<MathNode>();
            do
            {
                cells.Add(Cell(ParseRow(), columns, cells.Count));
            }
            while (Peek() is '&' && ++_at > 0);
            var isEnd = !(TryTake("\\\\") || TryTake("\\cr"));
            if (!isEnd || cells is not [{ Children: [] }])
            {
                rows.Add(new MathNode("mtr", cells, "", hasLine ? " class=\"line\"" : ""));
            }

            if (isEnd)
            {
                var attributes = kind is "aligned" ? " class=\"aligned\" displaystyle=\"true\"" : $" class=\"{kind}\"";
                return new MathNode("mtable", rows, "", attributes);
            }

            SkipRowSpace();
        }
    }

    private void SkipRowSpace()
    {
        var end = Peek() is '[' ? source.IndexOf(']', _at) : -1;
        _at = end >= 0 && end - _at < 10 ? end + 1 : _at;
    }

    private static MathNode Cell(List<MathNode> nodes, string columns, int index)
    {
        var letters = columns.Replace("|", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        var alignment = letters.Length == 0 ? 'c' : letters[index < letters.Length ? index : (index - letters.Length) % letters.Length];
        var hasLine = index > 0 && HasLineBefore(columns, index);
        var classes = $"{alignment switch { 'r' => "right ", 'l' => "left ", _ => "" }}{(hasLine ? "line" : "")}".TrimEnd();
        return new MathNode("mtd", nodes, "", classes.Length > 0 ? $" class=\"{classes}\"" : "");
    }

    private static bool HasLineBefore(string columns, int index)
    {
        var column = 0;
        foreach (var c in columns)
        {
            if (c is '|' && column == index)
            {
                return true;
            }

            column += char.IsAsciiLetter(c) ? 1 : 0;
        }

        return false;
    }
}
