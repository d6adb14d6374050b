namespace GeminiChat.Gateway.Tests.Rendering;

/// <summary>Texts that cost a Markdown parser more than others.</summary>
public static class PathologicalMarkdown
{
    /// <summary>Pieces that are repeated, each with how long a line is made of them; 0 for one line.</summary>
    public static TheoryData<string, int> Pieces
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var piece in (string[])
            [
                "> ", ">", "- ", "1. ", "[", "![", "]", "[a](", "![a|b](", "[a|b](c) | ", "[a](<b", "[a](b \"", "[a][", "*a_ ", "**a *b ",
                "a* ", "~~a ", "\u6587**\u3002", "`a``b```c", "<a@b ", "<", "<a b=\"", "<!-- ", "&#", "&amp;", "|", "|a", "a|b ",
                "http://a.b_", "http://a(", "http://a.b ", "*www.a.b", "(www.a.b", "$", "$a", "$$a ", "\\(", "\\", "\t>", " ", "[^a]", "[^a]: b ", "$x$ ", "$x_1$ ", "- [ ] ", "> [!NOTE] ",
            ])
            {
                data.Add(piece, 0);
                data.Add(piece, 1_900);
                data.Add(piece, 7_900);
            }

            foreach (var line in (string[])
            [
                "|\n", "|-\n", "|a\n|-\n", "a|b\n", "a\n=\n", "#\n", "---\n", "a\n\n", "- a\n", "- a\n\n", "-\n", "*\n-\n", "[a]: b\n",
                "[a]: b\n\n", "[a]: b \"\n", "\\[\n", "$$\n", "```\n", "```\na\n```\nb\n", "```js\n1\n```\n", "[^a]: b\n", "[^a]: b\n\n", "[^a]\n\n", "- [ ] a\n", "> [!NOTE]\n> a\n\n", "    a\n\n", "\n", "a  \n", ">>>>>>\n\n",
            ])
            {
                data.Add(line, 0);
            }

            return data;
        }
    }

    public static string Repeat(string piece, int lineLength, int length)
    {
        var line = lineLength == 0 ? piece : string.Concat(Enumerable.Repeat(piece, (lineLength / piece.Length) + 1)) + "\n\n";
        return string.Concat(Enumerable.Repeat(line, (length / line.Length) + 1))[..length];
    }

    /// <summary>A header of k columns and k rows of one.</summary>
    public static string WideTable(int k) =>
        $"{new string('|', k)}\n{string.Concat(Enumerable.Repeat("|-", k))}\n{string.Concat(Enumerable.Repeat("|a\n", k))}";
}
