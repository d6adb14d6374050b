namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>Parses environments: <c>\begin{name} … \end{name}</c>. All of them are tables.</summary>
internal static class TexTables
{
    private const int MaxRowSpaceLength = 8;

    /// <summary>The rest of an environment, after <c>\begin</c>.</summary>
    public static MathNode ParseEnvironment(TexParser parser)
    {
        var name = parser.Reader.ReadRawArgument();
        var node = ParseEnvironment(parser, name.TrimEnd('*'));
        return parser.Reader.TryRead("\\end{" + name + "}") ? node : throw parser.Reader.Unexpected();
    }

    /// <summary>Rows of cells, up to the end of the group or environment.</summary>
    /// <param name="parser">The parser.</param>
    /// <param name="kind">The CSS class of the table.</param>
    /// <param name="columns">The alignment of the columns as in an array of TeX, such as <c>l|cc</c>. If there are more columns, it starts again.</param>
    public static MathNode ParseRows(TexParser parser, string kind, string columns)
    {
        var format = new ColumnFormat(columns);
        var rows = new List<MathNode>();
        var isEnd = false;
        while (!isEnd)
        {
            var hasLine = SkipLines(parser.Reader);
            var cells = ParseCells(parser, format);
            isEnd = !(parser.Reader.TryRead("\\\\") || parser.Reader.TryRead("\\cr"));

            // After the last end of a row, there is no other row.
            if (!isEnd || cells is not [{ Children: [] }])
            {
                rows.Add(new MathNode("mtr", cells, "", hasLine ? " class=\"line\"" : ""));
            }

            if (!isEnd)
            {
                // More space between two rows: \\[2pt].
                parser.Reader.TryReadBrackets(MaxRowSpaceLength);
            }
        }

        return new MathNode("mtable", rows, "", kind is "aligned" ? " class=\"aligned\" displaystyle=\"true\"" : $" class=\"{kind}\"");
    }

    private static MathNode ParseEnvironment(TexParser parser, string name)
    {
        switch (name)
        {
            case "matrix":
                return ParseMatrix(parser, "", "");
            case "pmatrix":
                return ParseMatrix(parser, "(", ")");
            case "bmatrix":
                return ParseMatrix(parser, "[", "]");
            case "Bmatrix":
                return ParseMatrix(parser, "{", "}");
            case "vmatrix":
                return ParseMatrix(parser, "|", "|");
            case "Vmatrix":
                return ParseMatrix(parser, "‖", "‖");
            case "smallmatrix":
                return ParseRows(parser, "small", "");
            case "cases" or "dcases":
                return TexDelimiters.Enclose("{", ParseRows(parser, "cases", "ll"), "");
            case "rcases":
                return TexDelimiters.Enclose("", ParseRows(parser, "cases", "ll"), "}");
            case "array" or "darray":
                return ParseRows(parser, "array", parser.Reader.ReadRawArgument());
            case "aligned" or "align" or "split" or "eqnarray":
                return ParseRows(parser, "aligned", "rl");
            case "alignat" or "alignedat":
                // The argument is the number of columns.
                parser.Reader.ReadRawArgument();
                return ParseRows(parser, "aligned", "rl");
            case "gathered" or "gather" or "equation" or "multline" or "displaymath" or "math":
                return ParseRows(parser, "aligned", "c");
            default:
                throw new TexException("Unknown environment.");
        }
    }

    private static MathNode ParseMatrix(TexParser parser, string open, string close)
    {
        // Starred matrices have an option: how columns are aligned.
        var columns = parser.Reader.Peek(1) is ']' ? null : parser.Reader.TryReadBrackets();
        return TexDelimiters.Enclose(open, ParseRows(parser, "matrix", columns ?? ""), close);
    }

    /// <summary>Whether there is a line above the next row.</summary>
    private static bool SkipLines(TexReader reader)
    {
        var hasLine = false;
        for (reader.SkipBlanks(); reader.TryRead("\\hline"); reader.SkipBlanks())
        {
            hasLine = true;
        }

        return hasLine;
    }

    private static List<MathNode> ParseCells(TexParser parser, ColumnFormat format)
    {
        var cells = new List<MathNode>();
        do
        {
            cells.Add(new MathNode("mtd", parser.ParseRow(), "", format.Classes(cells.Count)));
        }
        while (parser.Reader.TryRead("&"));
        return cells;
    }

    /// <summary>The format of the columns of a table: <c>l</c>, <c>c</c> or <c>r</c> for each column, and <c>|</c> for a line. Other characters are ignored.</summary>
    private sealed class ColumnFormat
    {
        private readonly List<char> _alignments = [];
        private readonly HashSet<int> _lines = [];

        public ColumnFormat(string columns)
        {
            foreach (var c in columns)
            {
                if (c is '|')
                {
                    _lines.Add(_alignments.Count);
                }
                else if (char.IsAsciiLetter(c))
                {
                    _alignments.Add(c);
                }
            }
        }

        /// <summary>The class attribute of a cell. A table with more columns than its format begins again with the first alignment.</summary>
        public string Classes(int column)
        {
            var alignment = _alignments is [] ? 'c' : _alignments[column % _alignments.Count];
            var hasLine = column > 0 && _lines.Contains(column);
            var classes = $"{alignment switch { 'r' => "right ", 'l' => "left ", _ => "" }}{(hasLine ? "line" : "")}".TrimEnd();
            return classes.Length > 0 ? $" class=\"{classes}\"" : "";
        }
    }
}
