using System.Xml.Linq;
using GeminiChat.Gateway.Rendering.Formulas;

namespace GeminiChat.Rules.Tests.Rendering;

public sealed class FormulaHtmlTests
{
    private static readonly string[] Pieces =
    [
        "\\frac", "{", "}", "^", "_", "x", "\\left(", "\\right)", "\\begin{matrix}", "\\end{matrix}", "&", "\\\\", "\\text{", "$", "\\sqrt[", "]",
        "\\href{javascript:alert(1)}{x}", "\\htmlClass{a}{b}", "\\style{color:red}{x}", "\\def\\a{\\a}", "\\rule{1000em}{1em}", "\\hspace{9em}", "\\includegraphics{x}",
        "'", "\\not", "\\limits", "\\sum", "\"", "<script>", "\uD83D", "\uD83D\uDE00", "\\big", "\\mathbf", "\\hline", "\\begin{array}{c|c}", "\\end{array}", "%", "\n",
        "1.5", "\\color{", "\\tag{", "\\operatorname*{", "\\displaystyle", "\\middle|", "\\lim", "\\overset", "\\pmod", "\0", "\\", "\\begin{cases}", "\\end{cases}",
    ];

    private static readonly HashSet<string> Elements =
    [
        "span", "math", "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover",
        "mtable", "mtr", "mtd", "mstyle", "mphantom",
    ];

    private static readonly HashSet<string> Attributes =
    [
        "class", "data-tex", "display", "mathvariant", "stretchy", "form", "lspace", "rspace", "movablelimits", "minsize", "maxsize", "width", "linethickness",
        "accent", "accentunder", "displaystyle", "scriptlevel",
    ];

    [Theory]
    [InlineData("x^2", "<msup><mi>x</mi><mn>2</mn></msup>")]
    [InlineData("a_1^{2}", "<msubsup><mi>a</mi><mn>1</mn><mn>2</mn></msubsup>")]
    [InlineData("\\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>")]
    [InlineData("\\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>")]
    [InlineData("-1", "<mrow><mo form=\"prefix\">−</mo><mn>1</mn></mrow>")]
    [InlineData("\\alpha", "<mi>α</mi>")]
    [InlineData("\\Gamma", "<mi mathvariant=\"normal\">Γ</mi>")]
    [InlineData("\\mathbb{R}", "<mi>ℝ</mi>")]
    [InlineData("\\mathbf{x}", "<mi>𝐱</mi>")]
    [InlineData("\\mathrm{kg}", "<mi>kg</mi>")]
    [InlineData("{\\bf x} y", "<mrow><mi>𝐱</mi><mi>y</mi></mrow>")]
    [InlineData("\\text{a \\& b}", "<mtext>a\u00A0&amp;\u00A0b</mtext>")]
    [InlineData("\\sum_{i}^n", "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>")]
    [InlineData("\\int_0^1", "<msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup>")]
    [InlineData("\\left( x \\right.", "<mrow><mo form=\"prefix\" stretchy=\"true\">(</mo><mi>x</mi></mrow>")]
    [InlineData("\\begin{matrix} a & b \\\\ c \\end{matrix}", "<mtable class=\"matrix\"><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mi>c</mi></mtd></mtr></mtable>")]
    [InlineData("\\hat{x}", "<mover accent=\"true\"><mi>x</mi><mo stretchy=\"false\">^</mo></mover>")]
    [InlineData("a \\not= b", "<mrow><mi>a</mi><mo>=\u0338</mo><mi>b</mi></mrow>")]
    [InlineData("f''^2", "<msup><mi>f</mi><mrow><mo lspace=\"0em\" rspace=\"0em\">″</mo><mn>2</mn></mrow></msup>")]
    [InlineData("\\begin{array}{l|c} a & b & c \\end{array}", "<mtable class=\"array\"><mtr><mtd class=\"left\"><mi>a</mi></mtd><mtd class=\"line\"><mi>b</mi></mtd><mtd class=\"left\"><mi>c</mi></mtd></mtr></mtable>")]
    [InlineData("\\begin{array}{r@{}|l} a & b \\end{array}", "<mtable class=\"array\"><mtr><mtd class=\"right\"><mi>a</mi></mtd><mtd class=\"left line\"><mi>b</mi></mtd></mtr></mtable>")]
    [InlineData("f'", "<msup><mi>f</mi><mo lspace=\"0em\" rspace=\"0em\">′</mo></msup>")]
    public void A_formula_becomes_MathML(string tex, string mathml) => Assert.Contains($"<math>{mathml}</math>", FormulaHtml.ToHtml("span", $"${tex}$"), StringComparison.Ordinal);

    [Theory]
    [InlineData("\\(x\\)", false)]
    [InlineData("$x$", false)]
    [InlineData("$$x$$", true)]
    [InlineData("\\[x\\]", true)]
    public void Delimiters_say_whether_a_formula_stands_alone(string source, bool isBlock) => Assert.Equal(
        $"<span class=\"math\" data-tex=\"x\"><math{(isBlock ? " display=\"block\"" : "")}><mi>x</mi></math></span>", FormulaHtml.ToHtml("span", source));

    [Theory]
    [InlineData("$\\frac{1$")]
    [InlineData("$\\href{javascript:alert(1)}{x}$")]
    [InlineData("$\\htmlClass{a}{b}$")]
    [InlineData("$\\includegraphics{a}$")]
    [InlineData("$\\rule{1000em}{1000em}$")]
    [InlineData("$\\hspace{1000em}$")]
    [InlineData("$\\def\\a{\\a\\a}\\a$")]
    [InlineData("$\\newcommand{\\a}{\\a\\a}\\a$")]
    [InlineData("$\\ce{H2O}$")]
    [InlineData("$x_1_2$")]
    [InlineData("$x^1^2$")]
    [InlineData("$x^1'$")]
    [InlineData("$a & b$")]
    [InlineData("$\\begin{matrix} a$")]
    public void A_formula_that_is_not_understood_stays_as_it_is_written(string source) => Assert.Equal(
        $"<span class=\"math\">{source.Replace("&", "&amp;", StringComparison.Ordinal)}</span>", FormulaHtml.ToHtml("span", source));

    /// <summary>The layout of deep MathML takes browsers a time that grows faster than the depth.</summary>
    [Fact]
    public void No_repetition_nests_deeply()
    {
        const int MaxElementDepth = 200;
        var formulas = 0;
        foreach (var (one, two) in Pieces.SelectMany(one => Pieces.Append("a").Append("^a").Append("_a"), static (one, two) => (one, two)))
        {
            foreach (var piece in new[] { one + two, one + "{" + two + "}", "x" + one + two })
            {
                var html = FormulaHtml.ToHtml("span", $"${string.Concat(Enumerable.Repeat(piece, 500))}$");
                if (html.Contains("<math", StringComparison.Ordinal))
                {
                    formulas++;
                    var deepest = Parse(html).DescendantNodes().Max(static node => node.Ancestors().Count());
                    Assert.True(deepest <= MaxElementDepth, $"{piece} nests {deepest} elements.");
                }
            }
        }

        Assert.NotEqual(0, formulas);
    }

    [Fact]
    public void Deep_nesting_is_refused_before_the_stack_ends()
    {
        foreach (var piece in new[] { "{", "\\frac", "\\sqrt{", "x^{", "\\left(", "\\begin{matrix}", "\\hat", "\\mathbf", "\\displaystyle " })
        {
            var source = $"${string.Concat(Enumerable.Repeat(piece, 3_900 / piece.Length))}$";
            string? html = null;
            var thread = new Thread(() => html = FormulaHtml.ToHtml("span", source), maxStackSize: 256 * 1024);
            thread.Start();
            thread.Join();
            Assert.Equal($"<span class=\"math\">{source}</span>", html);
        }
    }

    [Fact]
    public void Any_formula_becomes_elements_of_the_list_or_stays_as_it_is_written()
    {
        var random = new Random(1);
        for (var i = 0; i < 5_000; i++)
        {
            var tex = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            var html = FormulaHtml.ToHtml("span", $"$${tex}$$");

            // XML has neither NUL nor half a surrogate pair; HTML shows a sign for both.
            var xml = Parse(html);
            Assert.All(xml.DescendantsAndSelf(), element => Assert.Contains(element.Name.LocalName, Elements));
            Assert.All(xml.DescendantsAndSelf().Attributes(), attribute => Assert.Contains(attribute.Name.LocalName, Attributes));
            Assert.InRange(html.Length, 0, 400 + (16 * tex.Length));
        }
    }

    // XML has no NUL and no half of a surrogate pair.
    private static XElement Parse(string html) => XElement.Parse(new string([.. html.Select(static c => char.IsSurrogate(c) || c is '\0' ? '?' : c)]));
}
