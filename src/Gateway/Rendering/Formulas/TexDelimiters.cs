namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>Parses brackets and bars that grow with their content, and those whose size is given.</summary>
internal static class TexDelimiters
{
    /// <summary>The rest of <c>\left( … \right)</c>, after <c>\left</c>.</summary>
    public static MathNode ParsePair(TexParser parser)
    {
        var reader = parser.Reader;
        var all = new List<MathNode>();
        AddStretchy(all, ParseDelimiter(reader), " form=\"prefix\"");
        all.Add(MathNode.Row(parser.ParseRow()));
        while (reader.TryRead("\\middle"))
        {
            AddStretchy(all, ParseDelimiter(reader), "");
            all.Add(MathNode.Row(parser.ParseRow()));
        }

        if (!reader.TryRead("\\right"))
        {
            throw reader.Unexpected();
        }

        AddStretchy(all, ParseDelimiter(reader), " form=\"postfix\"");
        return new MathNode("mrow", all);
    }

    /// <summary>A table between delimiters that are as high as the table. An empty delimiter is not shown.</summary>
    public static MathNode Enclose(string open, MathNode table, string close)
    {
        var all = new List<MathNode>();
        AddStretchy(all, open, " form=\"prefix\"");
        all.Add(table);
        AddStretchy(all, close, " form=\"postfix\"");
        return MathNode.Row(all);
    }

    /// <summary>A delimiter of a fixed size, such as <c>\bigl(</c>; null if the command is another one.</summary>
    public static MathNode? ParseBig(TexParser parser, string name)
    {
        var size = name.TrimEnd('l', 'r', 'm') switch { "big" => "1.2", "Big" => "1.8", "bigg" => "2.4", "Bigg" => "3", _ => null };
        if (size is null)
        {
            return null;
        }

        var form = name[^1] switch { 'l' => " form=\"prefix\"", 'r' => " form=\"postfix\"", _ => "" };
        return MathNode.Operator(ParseDelimiter(parser.Reader), $"{form} stretchy=\"true\" minsize=\"{size}em\" maxsize=\"{size}em\"") with
        {
            ExpectsOperand = name[^1] is 'l',
        };
    }

    /// <summary>The text of a delimiter; empty for <c>.</c>, which means none.</summary>
    private static string ParseDelimiter(TexReader reader)
    {
        reader.SkipBlanks();
        if (reader.Peek() is '\\')
        {
            var name = reader.ReadCommand();
            return TexSymbols.Fences.GetValueOrDefault(name) ?? TexSymbols.Operators.GetValueOrDefault(name) ?? throw reader.Unexpected();
        }

        var c = reader.Read();
        return c switch
        {
            '.' => "",
            '<' => "⟨",
            '>' => "⟩",
            '(' or ')' or '[' or ']' or '|' or '/' => c.ToString(),
            _ => throw reader.Unexpected(),
        };
    }

    private static void AddStretchy(List<MathNode> row, string delimiter, string form)
    {
        if (delimiter.Length > 0)
        {
            row.Add(MathNode.Operator(delimiter, $"{form} stretchy=\"true\""));
        }
    }
}
