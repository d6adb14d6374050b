using GeminiChat.Gateway.Rendering;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Rendering;

/// <summary>Work is counted in allocated bytes and in bytes of HTML, which do not depend on how busy the machine is.</summary>
public sealed class RenderingCostTests
{
    private const int Length = 100_000;
    private const int MostBytesPerCharacter = 2_500;
    private const int SmallStack = 256 * 1024;

    private static readonly int Fuzzed = TestLength.Of(100, 3_000);

    private static readonly string[] Words =
    [
        "> ", "- ", "1. ", "[", "](", ")", "![", "*", "**", "_", "~~", "`", "```\n", "|", "|-|-|\n", "\n", "\n\n", "    ", "$", "$$\n", "\\(", "\\]", "<",
        "&amp;", "http://a.b/", "www.a.b", "[a]: b\n", "# ", "=\n", "a", "word ", "- [ ] ", "[^a]", "[^a]: ", "> [!NOTE]\n", "```js\n", "'", "\"", "\\frac", "{", "}", "^", "&", "\\\\", "\\begin{matrix}", "\u6587", "\U0001F600",
    ];

    [Theory]
    [MemberData(nameof(PathologicalMarkdown.Pieces), MemberType = typeof(PathologicalMarkdown))]
    public void Memory_and_HTML_size_are_linear_in_the_length_of_the_text(string piece, int lineLength) =>
        Check(PathologicalMarkdown.Repeat(piece, lineLength, Length));

    [Theory]
    [InlineData(30)]
    [InlineData(1_000)]
    [InlineData(30_000)]
    public void A_table_never_renders_more_cells_than_it_has_characters(int k) => Check(PathologicalMarkdown.WideTable(k));

    [Fact]
    public void A_table_without_padding_is_rendered_as_a_table() => Assert.Contains(
        "<td>b</td>", ReplyHtml.Render("|a|b|c|\n|-|-|-|\n" + PathologicalMarkdown.Repeat("|a|b|c|\n", 0, 8_000)), StringComparison.Ordinal);

    [Fact]
    public void A_link_definition_used_many_times_does_not_multiply_the_output() =>
        Check($"[a]: http://x/{new string('y', 1_900)}\n\n" + PathologicalMarkdown.Repeat("[a]\n\n", 0, Length));

    [Theory]
    [InlineData(1, 15_000)]
    [InlineData(60, 100)]
    public void Many_pipes_in_the_texts_of_links_are_shown_as_plain_text(int links, int pipes)
    {
        var text = string.Concat(Enumerable.Repeat($"[{new string('|', pipes)}](https://a.example)", links));
        Assert.Equal($"<p class=\"plain\">{text}</p>\n", ReplyHtml.Render(text));
    }

    [Fact]
    public void A_table_of_links_with_pipes_in_their_texts_stays_a_table()
    {
        var html = ReplyHtml.Render("|page|n|\n|-|-|\n" + string.Concat(Enumerable.Repeat("|[Title | Site](https://a.example)|1|\n", 100)));
        Assert.Equal(100, html.Split("Title | Site</a></td>").Length - 1);
    }

    [Fact]
    public void Any_text_is_rendered_within_the_bounds()
    {
        var random = new Random(1);
        for (var i = 0; i < Fuzzed; i++)
        {
            var pieces = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Words[random.Next(Words.Length)]).ToArray();
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 4_000)).Select(_ => pieces[random.Next(pieces.Length)]));
            Check(text);
        }
    }

    [Fact]
    public void A_long_text_keeps_all_its_words_and_its_code_stays_one_block()
    {
        var code = string.Concat(Enumerable.Range(0, 10_000).Select(number => $"line {number}\n"));
        var html = ReplyHtml.Render($"# Title\n\nBefore.\n\n```none\n{code}```\n\n*After.*");
        Assert.Equal(
            $"<h3>Title</h3>\n<p>Before.</p>\n<pre data-language=\"none\"><code class=\"language-none\">{code}</code></pre>\n<p><em>After.</em></p>\n",
            html.Replace("<span class=\"lines\">", "").Replace("</span>", ""));

        var prose = string.Concat(Enumerable.Range(0, 10_000).Select(number => $"Paragraph *{number}*.\n\n"));
        Assert.Equal(
            string.Concat(Enumerable.Range(0, 10_000).Select(number => $"<p>Paragraph <em>{number}</em>.</p>\n")),
            ReplyHtml.Render(prose));
    }

    [Fact]
    public void A_construct_over_its_bound_is_shown_as_plain_text() =>
        Assert.Equal($"<p class=\"plain\">{new string('[', 20_000)}&lt;</p>\n", ReplyHtml.Render(new string('[', 20_000) + "<"));

    [Theory]
    [InlineData("js", "/[")]
    [InlineData("bash", "${")]
    [InlineData("html", "<a ")]
    [InlineData("html", "<script>")]
    [InlineData("css", "a{")]
    [InlineData("yaml", "a: ")]
    [InlineData("ruby", "=begin")]
    [InlineData("cpp", "1+")]
    [InlineData("rust", "'")]
    [InlineData("json", "\"")]
    public void Highlighting_is_linear_in_the_length_of_the_code(string language, string piece) =>
        Check($"```{language}\n{PathologicalMarkdown.Repeat(piece, 0, 60_000)}\n```");

    [Theory]
    [InlineData("{")]
    [InlineData("x^")]
    [InlineData("\\frac")]
    [InlineData("\\left(")]
    [InlineData("\\begin{matrix}")]
    [InlineData("&")]
    [InlineData("\\\\")]
    [InlineData("x ")]
    [InlineData("'")]
    public void Formulas_are_linear_in_their_length(string piece) =>
        Check(string.Concat(Enumerable.Repeat($"$${PathologicalMarkdown.Repeat(piece, 0, 3_900)}$$\n\n", 25)));

    // On a small stack, since a stack that overflows ends the process.
    private static void Check(string text)
    {
        var (html, allocated) = ("", 0L);
        var thread = new Thread(
            () =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                html = ReplyHtml.Render(text);
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            },
            SmallStack);
        thread.Start();
        thread.Join();
        Assert.InRange(html.Length, 0, ReplyHtml.MaxHtmlLength(text.Length) + (text.Length / MarkdownSplitter.MaxSectionLength * ReplyHtml.MaxHtmlLength(0)));
        Assert.InRange(allocated, 0, 1_000_000 + ((long)MostBytesPerCharacter * text.Length));
    }
}
