using GeminiChat.Gateway.Rendering;

namespace GeminiChat.Bench;

/// <summary>What the Markdown of a reply costs, for each construct that costs more than prose.</summary>
internal static class Rendering
{
    private static readonly int[] Lengths = [10_000, 100_000, 500_000];

    // Each piece is repeated in lines of so many characters, a blank line between them; 0 for no lines.
    private static readonly (string Name, string Piece, int Line)[] Constructs =
    [
        ("prose", "The quick **brown** fox `jumps` over [the](http://example.org/) dog.\n\n", 0),
        ("table", "| one | two | three |\n", 0),
        ("table rows without cells", "|-\n", 0),
        ("`[`", "[", 1_390),
        ("`[a](`", "[a](", 1_390),
        ("pipes in links", "[a|b](c) | ", 1_390),
        ("emphasis", "*a_ ", 1_390),
        ("nested emphasis", "*a **a ", 1_390),
        ("code spans", "`a``b```c", 1_390),
        ("addresses", "*www.a.b", 990),
        ("`<` and entities", "<a &amp; ", 1_390),
        ("quotes in quotes", ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>\n\n", 0),
        ("lists in lists", "- ", 1_390),
        ("items", "- a\n\n", 0),
        ("headings", "a\n=\n", 0),
        ("definitions", "[a]: b\n", 0),
        ("fences", "```\na\n```\n", 0),
        ("code with colours", "```ts\nconst a = await f(`x`, 12); // b\n```\n", 0),
        ("fractions", "$\\frac{a}{b_1}$ ", 1_390),
        ("tasks", "- [ ] a\n", 0),
        ("footnotes", "[^a] ", 1_390),
        ("formulas", "$$\na\n$$\n", 0),
        ("open formulas", "\\[\n", 0),
    ];

    public static int Measure()
    {
        Console.WriteLine("| | 10,000 characters | 100,000 | 500,000 | bytes allocated a character |\n|---|---|---|---|---|");
        foreach (var (name, piece, line) in Constructs)
        {
            Report(name, length => Repeat(piece, line, length));
        }

        Report("a table k x k", static length => WideTable(length / 6));
        return 0;
    }

    private static void Report(string name, Func<int, string> make)
    {
        ReplyHtml.Render(make(Lengths[0]));
        var (cells, allocated) = (new List<string>(), 0L);
        foreach (var length in Lengths)
        {
            var text = make(length);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Environment.CpuUsage.TotalTime;
            ReplyHtml.Render(text);
            cells.Add($"{(Environment.CpuUsage.TotalTime - start).TotalMilliseconds:N0} ms");
            allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / text.Length;
        }

        Console.WriteLine($"| {name} | {string.Join(" | ", cells)} | {allocated} |");
    }

    private static string Repeat(string piece, int lineLength, int length)
    {
        var line = lineLength == 0 ? piece : string.Concat(Enumerable.Repeat(piece, (lineLength / piece.Length) + 1)) + "\n\n";
        return string.Concat(Enumerable.Repeat(line, (length / line.Length) + 1))[..length];
    }

    private static string WideTable(int k) =>
        $"{new string('|', k)}\n{string.Concat(Enumerable.Repeat("|-", k))}\n{string.Concat(Enumerable.Repeat("|a\n", k))}";
}
