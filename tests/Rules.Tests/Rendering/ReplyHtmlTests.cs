using GeminiChat.Gateway.Rendering;

namespace GeminiChat.Rules.Tests.Rendering;

public sealed class ReplyHtmlTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("text <b onmouseover=alert(1)>bold</b>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("[x](javascript&#58;alert(1))")]
    [InlineData("[x](<java\tscript:alert(1)>)")]
    [InlineData("[x](vbscript:msgbox(1))")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("[x](file:///etc/passwd)")]
    [InlineData("[x](//192.0.2.1/x)")]
    [InlineData("[x](/auth/logout)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("[x][1]\n\n[1]: javascript:alert(1)")]
    [InlineData("![x](javascript:alert(1))")]
    [InlineData("```\"><script>alert(1)</script>\ncode\n```")]
    [InlineData("| a |\n|---|\n| <script>alert(1)</script> |")]
    public void A_reply_renders_no_scripts_no_raw_HTML_and_no_unsafe_links(string markdown)
    {
        var html = ReplyHtml.Render(markdown);

        Assert.NotEmpty(html);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href", html, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("[a](https://example.org/?a=1&b=\"2\")", "<a href=\"https://example.org/?a=1&amp;b=%222%22\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">a</a>")]
    [InlineData("<ada@example.org>", "<a href=\"mailto:ada@example.org\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">ada@example.org</a>")]
    [InlineData("http://example.org/x", "<a href=\"http://example.org/x\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">http://example.org/x</a>")]
    [InlineData("![a cat](https://example.org/cat.png)", "<a href=\"https://example.org/cat.png\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">a cat</a>")]
    [InlineData("[![a cat](https://example.org/cat.png)](https://example.org/)", "<a href=\"https://example.org/\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">a cat</a>")]
    public void Links_are_limited_to_web_and_mail_and_send_no_referrer(string markdown, string html) =>
        Assert.Equal($"<p>{html}</p>\n", ReplyHtml.Render(markdown));

    [Fact]
    public void Code_tables_and_headings_keep_their_form_without_a_style()
    {
        Assert.Equal("<pre data-language=\"C#\"><code class=\"language-cs\">a &lt; b\n</code></pre>\n", ReplyHtml.Render("```cs\na < b\n```"));
        Assert.Equal("<h3>a</h3>\n<h6>b</h6>\n", ReplyHtml.Render("# a\n\n##### b"));
        var table = ReplyHtml.Render("| a | b |\n|:--|--:|\n| 1 | 2 |");
        Assert.Contains("<td>1</td>\n<td class=\"right\">2</td>", table, StringComparison.Ordinal);
        Assert.DoesNotContain("style", table, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("**\u4E2D\u6587\u3002**\u540E", "<strong>\u4E2D\u6587\u3002</strong>\u540E")]
    [InlineData("\\(\\q_1 * y_2\\) *c*", "<span class=\"math\">\\(\\q_1 * y_2\\)</span> <em>c</em>")]
    [InlineData("\\[\\q_1 < b_1\\]", "<span class=\"math\">\\[\\q_1 &lt; b_1\\]</span>")]
    [InlineData("$$\\q*b*c$$", "<span class=\"math\">$$\\q*b*c$$</span>")]
    [InlineData("$x$, $y$", "<span class=\"math\" data-tex=\"x\"><math><mi>x</mi></math></span>, <span class=\"math\" data-tex=\"y\"><math><mi>y</mi></math></span>")]
    [InlineData("$5 and $10, _really_", "$5 and $10, <em>really</em>")]
    [InlineData("US$5/US$6, $5-$10, $HOME/$USER", "US$5/US$6, $5-$10, $HOME/$USER")]
    [InlineData("$5 (or 4$)", "$5 (or 4$)")]
    [InlineData("`$x_1$`", "<code>$x_1$</code>")]
    [InlineData("\\[link\\](http://a.example)", "[link](<a href=\"http://a.example\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">http://a.example</a>)")]
    public void Formulas_stay_as_they_are_written_prices_are_text_and_CJK_emphasis_is_found(string markdown, string html) =>
        Assert.Equal($"<p>{html}</p>\n", ReplyHtml.Render(markdown));

    [Theory]
    [InlineData("$$", "$$")]
    [InlineData("\\[", "\\]")]
    public void The_lines_of_a_formula_are_neither_lists_nor_headings(string open, string close) => Assert.Equal(
        $"<p>So:</p>\n<div class=\"math\">{open}\n\\q\n- b_1\n=\n{close}</div>\n<p>then</p>\n",
        ReplyHtml.Render($"So:\n{open}\n\\q\n- b_1\n=\n{close}\nthen"));

    [Fact]
    public void An_unclosed_formula_does_not_swallow_the_following_text() =>
        Assert.Equal("<p>$$\na <em>b</em></p>\n", ReplyHtml.Render("$$\na *b*"));

    [Fact]
    public void A_formula_in_a_table_may_hold_pipes() =>
        Assert.Contains("<td><span class=\"math\" data-tex=\"|x|\">", ReplyHtml.Render("| a | b |\n|---|---|\n| $|x|$ | c |"), StringComparison.Ordinal);

    [Fact]
    public void The_box_of_a_task_has_its_text_as_a_label_and_cannot_be_changed() => Assert.Equal(
        """
        <ul class="contains-task-list">
        <li class="task-list-item"><label><input type="checkbox" disabled> open <em>task</em></label></li>
        <li class="task-list-item"><label><input type="checkbox" disabled checked> done</label></li>
        </ul>

        """.ReplaceLineEndings("\n"),
        ReplyHtml.Render("- [ ] open *task*\n- [x] done"));

    [Fact]
    public void Footnotes_are_numbered_and_have_no_ids()
    {
        var html = ReplyHtml.Render("a[^x] b[^1] c[^x]\n\n[^1]: One\n[^x]: The *other*");
        Assert.Equal(
            "<p>a<sup>[1]</sup> b<sup>[2]</sup> c<sup>[1]</sup></p>\n<ol class=\"footnotes\">\n<li><p>The <em>other</em></p>\n</li>\n<li><p>One</p>\n</li>\n</ol>\n", html);
        Assert.Equal("<p>a[^x]</p>\n", ReplyHtml.Render("a[^x]"));
    }

    [Fact]
    public void Only_footnotes_with_a_reference_are_shown_in_the_order_of_their_numbers()
    {
        Assert.Equal("<p>a</p>\n", ReplyHtml.Render("a\n\n[^x]: One\n[^y]: Two"));
        Assert.Equal(
            "<p>a<sup>[1]</sup> b<sup>[2]</sup></p>\n<ol class=\"footnotes\">\n<li><p>Two</p>\n</li>\n<li><p>One</p>\n</li>\n</ol>\n",
            ReplyHtml.Render("a[^2] b[^1]\n\n[^1]: One\n\n[^x]: None\n\n[^y]: None\n\n[^2]: Two\n\n[^z]: None"));
    }

    [Theory]
    [InlineData("- see [x](https://a.example)", "see <a href=\"https://a.example\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">x</a>")]
    [InlineData("- [x](https://a.example)", "<a href=\"https://a.example\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">x</a>")]
    [InlineData("- the array a[x] and [ ] here", "the array a[x] and [ ] here")]
    [InlineData("- *[x] a*", "<em>[x] a</em>")]
    [InlineData("- [x]a", "[x]a")]
    public void A_box_in_the_middle_of_an_item_is_text(string markdown, string html) =>
        Assert.Equal($"<ul>\n<li>{html}</li>\n</ul>\n", ReplyHtml.Render(markdown));

    [Fact]
    public void Only_the_first_paragraph_of_an_item_has_a_box()
    {
        var html = ReplyHtml.Render("- [x] done, see [x](https://a.example)\n\n  [ ] text");
        Assert.Contains("<p><label><input type=\"checkbox\" disabled checked> done, see <a href=", html, StringComparison.Ordinal);
        Assert.Contains("<p>[ ] text</p>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alert_has_a_title_and_an_unknown_kind_stays_as_it_is_written()
    {
        Assert.Equal("<blockquote class=\"alert warning\">\n<p class=\"alert-title\">Warning</p>\n<p>Hot</p>\n</blockquote>\n", ReplyHtml.Render("> [!WARNING]\n> Hot"));
        Assert.Equal("<blockquote>\n<p>[!FOO]</p>\n<p>x</p>\n</blockquote>\n", ReplyHtml.Render("> [!FOO]\n> x"));
    }

    [Fact]
    public void A_picture_of_a_file_of_the_user_is_its_description_with_the_id_of_the_file()
    {
        const string Id = "01890a5d-ac96-774b-bcce-b302099a8057";
        Assert.Equal($"<p><span class=\"picture\" data-file=\"{Id}\">a <em>b</em></span></p>\n", ReplyHtml.Render($"![a *b*](/files/{Id}/content)"));
        Assert.Equal("<p>a b c</p>\n", ReplyHtml.Render($"![a](/files/x/content) ![b](/files/{Id}) ![c](/files/content)"));
    }
}
