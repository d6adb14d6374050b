using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Rendering.Code;

namespace GeminiChat.Rules.Tests.Rendering;

public sealed class CodeHighlighterTests
{
    private static readonly string[] Pieces =
    [
        "\"", "'", "`", "/*", "*/", "//", "#", "<", "</script", "<script>", "<style>", ">", "{", "}", "${", "$", "\\", "\n", " ", "x", "1", "1e+", "0x", "@", "@\"",
        "\"\"\"", "r\"", "--", "[", "]", "(", ")", ":", "=", "key: ", "&amp;", "<!--", "-->", "-", "- ", "function ", "class ", "'a", "R\"(", "=begin", "|",
        "\u6587", "/[", "#[", ".", "@media{", "%",
    ];

    [Theory]
    [InlineData("python", "def f(x):", "<span class=\"keyword\">def </span><span class=\"function\">f</span>(x):")]
    [InlineData("js", "a / b / c", "a / b / c")]
    [InlineData("ts", "const s: string = `x`;", "<span class=\"keyword\">const </span>s: <span class=\"type\">string </span>= <span class=\"string\">`x`</span>;")]
    [InlineData("jsx", "return <p id=\"a\">", "<span class=\"keyword\">return </span><span class=\"tag\">&lt;p </span><span class=\"name\">id</span>=<span class=\"string\">\"a\"</span>&gt;")]
    [InlineData("json", "{\"a\": 1}", "{<span class=\"name\">\"a\"</span>: <span class=\"number\">1</span>}")]
    [InlineData("html", "<a b='c'>&lt;", "<span class=\"tag\">&lt;a </span><span class=\"name\">b</span>=<span class=\"string\">'c'</span><span class=\"tag\">&gt;</span><span class=\"number\">&amp;lt;</span>")]
    [InlineData("css", "a { top: 1px }", "<span class=\"tag\">a </span>{ <span class=\"name\">top</span>: <span class=\"number\">1px </span>}")]
    [InlineData("sh", "ls -l | wc", "<span class=\"function\">ls </span><span class=\"name\">-l </span>| <span class=\"function\">wc</span>")]
    [InlineData("yaml", "a: 'b' # c", "<span class=\"name\">a</span>: <span class=\"string\">'b' </span><span class=\"comment\"># c</span>")]
    [InlineData("toml", "[a]", "<span class=\"tag\">[a]</span>")]
    [InlineData("rust", "fn f<'a>() {}", "<span class=\"keyword\">fn </span>f&lt;<span class=\"type\">'a</span>&gt;() {}")]
    [InlineData("c", "#include <a.h>", "<span class=\"meta\">#include </span><span class=\"string\">&lt;a.h&gt;</span>")]
    [InlineData("cs", "$\"{a}\"", "<span class=\"string\">$\"{a}\"</span>")]
    [InlineData("sql", "select 'it''s'", "<span class=\"keyword\">select </span><span class=\"string\">'it''s'</span>")]
    [InlineData("diff", "-a", "<span class=\"deleted\">-a</span>")]
    public void Code_is_highlighted_by_its_language(string language, string code, string html) => Assert.Equal(html, Highlight(code, language));

    [Theory]
    [InlineData(
        "bash sh shell zsh python py javascript js typescript ts jsx tsx json yaml yml html css sql go rust java c cpp c++ csharp cs c# kotlin swift php ruby rb diff "
        + "dockerfile toml ini markdown md xml powershell mermaid")]
    public void The_languages_of_most_answers_are_known(string names) =>
        Assert.All(names.Split(' '), name => Assert.NotNull(CodeLanguages.Find(name)));

    [Fact]
    public void A_block_names_its_language_and_unknown_ones_have_no_colours()
    {
        Assert.Equal("<pre data-language=\"C++\"><code class=\"language-c++\"><span class=\"number\">1\n</span></code></pre>\n", ReplyHtml.Render("```c++\n1\n```"));
        Assert.Equal("<pre data-language=\"foo-2\"><code class=\"language-foo-2\">if 1\n</code></pre>\n", ReplyHtml.Render("```foo-2\nif 1\n```"));
        Assert.Equal("<pre><code>if 1\n</code></pre>\n", ReplyHtml.Render("```a\"b<c\nif 1\n```"));
        Assert.Equal("<pre><code>a\n\nb\n</code></pre>\n", ReplyHtml.Render("    a\n\n    b"));
    }

    [Fact]
    public void Lines_after_the_first_ones_are_in_elements_of_so_many_lines_each()
    {
        var lines = string.Concat(Enumerable.Repeat("a\n", CodeWriter.LinesPerElement));
        var fewer = lines[2..];
        Assert.Equal(lines, Highlight(lines, "foo"));
        Assert.Equal($"{lines}<span class=\"lines\">{lines}</span><span class=\"lines\">a</span>", Highlight($"{lines}{lines}a", "foo"));
        Assert.Equal(
            $"{fewer}<span class=\"comment\">/*\n</span><span class=\"lines\"><span class=\"comment\">*/ </span>a</span>", Highlight($"{fewer}/*\n*/ a", "c"));
        Assert.Equal(
            $"{fewer}<span class=\"comment\">// b\n</span><span class=\"lines\"><span class=\"keyword\">if </span>a</span>", Highlight($"{fewer}// b\nif a", "c"));
    }

    [Fact]
    public void Too_long_code_and_code_that_would_grow_too_much_have_no_colours()
    {
        Assert.Equal(new string('1', CodeHighlighter.MaxLength + 1), Highlight(new string('1', CodeHighlighter.MaxLength + 1), "c"));
        var dense = string.Concat(Enumerable.Repeat("1+", 1_000));
        Assert.Equal(dense, Highlight(dense, "c"));
    }

    [Fact]
    public void No_code_loses_a_character_or_makes_an_element_of_its_own()
    {
        var random = new Random(1);
        var names = "bash python tsx json html css yaml toml sql rust c csharp php ruby diff dockerfile markdown powershell xml elixir lua kotlin".Split(' ');
        for (var i = 0; i < 3_000; i++)
        {
            var pieces = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Pieces[random.Next(Pieces.Length)]).ToArray();
            var code = string.Concat(Enumerable.Range(0, random.Next(1, 200)).Select(_ => pieces[random.Next(pieces.Length)]));
            var html = Highlight(code, names[random.Next(names.Length)]);

            Assert.Equal(code, XElement.Parse($"<r>{html}</r>", LoadOptions.PreserveWhitespace).Value);
            Assert.DoesNotMatch(new Regex("<(?!span class=\"[a-z]+\">|/span>)", RegexOptions.None, TimeSpan.FromSeconds(10)), html);
        }
    }

    private static string Highlight(string code, string language)
    {
        var html = new StringBuilder();
        CodeHighlighter.Write(html, code, CodeLanguages.Find(language));
        return html.ToString();
    }
}
