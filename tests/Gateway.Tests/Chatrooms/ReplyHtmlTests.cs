using GeminiChat.Gateway.Chatrooms;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Chatrooms;

public sealed class ReplyHtmlTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

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
    public void Nothing_in_a_reply_becomes_a_script_an_element_of_its_own_or_a_link_to_elsewhere(string markdown)
    {
        var html = ReplyHtml.Render(markdown)!;

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
    public void Links_lead_to_the_web_or_to_mail_and_tell_nobody_where_from(string markdown, string html) =>
        Assert.Equal($"<p>{html}</p>\n", ReplyHtml.Render(markdown));

    [Fact]
    public void Code_tables_and_headings_keep_their_form_without_a_style()
    {
        Assert.Equal("<pre><code class=\"language-cs\">a &lt; b\n</code></pre>\n", ReplyHtml.Render("```cs\na < b\n```"));
        Assert.Equal("<h3>a</h3>\n<h6>b</h6>\n", ReplyHtml.Render("# a\n\n##### b"));
        var table = ReplyHtml.Render("| a | b |\n|:--|--:|\n| 1 | 2 |")!;
        Assert.Contains("<td>1</td>\n<td class=\"right\">2</td>", table, StringComparison.Ordinal);
        Assert.DoesNotContain("style", table, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("> ")]
    [InlineData("[")]
    [InlineData("![")]
    [InlineData("*a_ ")]
    [InlineData("**a [b](")]
    [InlineData("`a``")]
    [InlineData("<a@b ")]
    [InlineData("- ")]
    [InlineData("|a")]
    [InlineData("|a\n|-\n")]
    [InlineData("http://a.b_")]
    [InlineData("&#")]
    [InlineData("[a]: b\n")]
    public async Task The_worst_texts_are_rendered_or_given_up_in_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, ReplyHtml.Longest / piece.Length));

        await Task.Run(() => ReplyHtml.Render(text)).WaitAsync(Deadline);
    }

    [Fact]
    public void Only_a_finished_reply_has_html_and_each_is_rendered_once()
    {
        var reply = new RoomMessage(2, Sender.Ai, "*hi*", DateTimeOffset.UnixEpoch, MessageStatus.Completed, ReplyTo: 1);

        Assert.Equal("<p><em>hi</em></p>\n", ReplyHtml.Of(reply));
        Assert.Same(ReplyHtml.Of(reply), ReplyHtml.Of(reply));
        Assert.NotNull(ReplyHtml.Of(reply with { Status = MessageStatus.Stopped }));
        Assert.Null(ReplyHtml.Of(reply with { Status = MessageStatus.Generating }));
        Assert.Null(ReplyHtml.Of(reply with { Sender = Sender.User }));
        Assert.Null(ReplyHtml.Of(reply with { Content = "" }));
        Assert.Null(ReplyHtml.Of(reply with { Content = new string('a', ReplyHtml.Longest + 1) }));
    }
}
