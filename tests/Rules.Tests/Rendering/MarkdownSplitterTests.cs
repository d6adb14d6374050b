using GeminiChat.Gateway.Rendering;

namespace GeminiChat.Rules.Tests.Rendering;

public sealed class MarkdownSplitterTests
{
    private const int Max = MarkdownSplitter.MaxSectionLength;

    public static TheoryData<string> LongTexts =>
    [
        Repeat("a paragraph with some words\n\n", 5_000),
        Repeat("one line of a very long paragraph\n", 5_000),
        Repeat("- an item of a list\n", 5_000),
        Repeat("# A heading\n\ntext\n\n```\ncode\n```\n\n", 3_000),
        "```cs\n" + Repeat("a line of code\n", 5_000) + "```\n\nand the end",
        "~~~~\n" + Repeat("a line of code that is never closed\n", 3_000),
        new string('a', 4 * Max),
        new string('\n', 3 * Max),
        "a" + Repeat("\U0001F600", 2 * Max),
        Repeat("\U0001F600", 2 * Max),
    ];

    [Theory]
    [MemberData(nameof(LongTexts))]
    public void The_sections_of_a_long_text_join_to_the_text(string text)
    {
        var sections = Split(text);
        var start = 0;
        foreach (var section in sections)
        {
            // A section that goes on with code begins with the line that opened it.
            var source = section.StartsInCodeBlock ? section.Text[(section.Text.IndexOf('\n', StringComparison.Ordinal) + 1)..] : section.Text;
            Assert.InRange(source.Length, 1, Max);
            Assert.Equal(text.Substring(start, source.Length), source);
            Assert.False(char.IsLowSurrogate(source[0]));
            start += source.Length;
        }

        Assert.Equal(text.Length, start);
        Assert.True(sections[^1].IsLast);
        Assert.All(sections.SkipLast(1), section => Assert.False(section.IsLast));
        Assert.True(sections.Count <= (2 * text.Length / Max) + 1);
    }

    [Fact]
    public void A_text_as_long_as_a_section_is_not_cut()
    {
        Assert.Empty(Split(""));
        Assert.True(Assert.Single(Split("short")).IsLast);
        Assert.True(Assert.Single(Split(new string('a', Max))).IsLast);
        Assert.Equal([Max, 1], Split(new string('a', Max + 1)).Select(section => section.Text.Length));
        Assert.Equal([Max - 1, 3], Split(new string('a', Max - 1) + "\U0001F600a").Select(section => section.Text.Length));
    }

    [Fact]
    public void A_text_is_cut_before_the_last_block_that_may_go_on()
    {
        var text = Repeat("a paragraph\n\n", 3_000);
        Assert.All(Split(text).SkipLast(1), section => Assert.EndsWith("a paragraph\n\n", section.Text, StringComparison.Ordinal));
        Assert.All(Split(text), section => Assert.StartsWith("a paragraph\n", section.Text, StringComparison.Ordinal));

        var list = Repeat("- an item\n  of two lines\n", 3_000);
        Assert.All(Split(list), section => Assert.StartsWith("- an item\n", section.Text, StringComparison.Ordinal));
        Assert.All(Split("> quote\n\n" + list).Skip(1), section => Assert.StartsWith("- an item\n", section.Text, StringComparison.Ordinal));

        // A block that fills a section is cut between two lines.
        var lines = Repeat("just a line of one paragraph\n", 3_000);
        Assert.All(Split(lines), section => Assert.StartsWith("just a line", section.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_block_of_code_goes_on_in_the_next_section_with_its_fence()
    {
        var sections = Split("```cs\n" + Repeat("a line of code\n", 3_000) + "```\n\nend");
        Assert.Equal([false, true], sections.Select(section => section.StartsInCodeBlock));
        Assert.StartsWith("```cs\na line of code\n", sections[1].Text, StringComparison.Ordinal);
        Assert.EndsWith("a line of code\n```\n\nend", sections[1].Text, StringComparison.Ordinal);
        Assert.NotNull(sections[1].Document);
    }

    [Theory]
    [InlineData("a[^1]\n\n[^1]: n\n\n")]
    [InlineData("a[^1]\n\n[^1]: n\n    m\n\n[1]: https://a.example\n\n")]
    [InlineData("a[1]\n\n[1]: https://a.example\n\n")]
    public void Footnotes_and_definitions_of_links_do_not_change_where_a_text_is_cut(string start)
    {
        var lines = Repeat("a line of code\n", 3_000);
        var sections = Split($"{start}```cs\n{lines}```\n\n**after**");
        Assert.Equal([false, false, true], sections.Select(section => section.StartsInCodeBlock));
        Assert.Equal(start, sections[0].Text);
        Assert.StartsWith("```cs\na line of code\n", sections[2].Text, StringComparison.Ordinal);

        var html = ReplyHtml.Render($"{start}```cs\n{lines}```\n\n**after**");
        Assert.EndsWith("</code></pre>\n<p><strong>after</strong></p>\n", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(199, true)]
    [InlineData(200, false)]
    public void A_fence_with_a_very_long_line_is_not_repeated(int length, bool isRepeated)
    {
        var fence = "```" + new string('x', length - 3);
        var sections = Split(fence + "\n" + Repeat("a line of code\n", 3_000));
        Assert.Equal(isRepeated, sections[1].StartsInCodeBlock);
        Assert.Equal(isRepeated, sections[1].Text.StartsWith(fence, StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_nested_too_deeply_has_no_document()
    {
        var text = new string('>', 20_000);
        Assert.Equal(text, string.Concat(Split(text).Select(section => section.Text)));
    }

    [Theory]
    [InlineData("text", "text")]
    [InlineData("```\na", "```\na\n```")]
    [InlineData("```\na\n```", "```\na\n```")]
    [InlineData("````\na\n```", "````\na\n```\n````")]
    [InlineData("~~~~ x\na\n~~~", "~~~~ x\na\n~~~\n~~~~")]
    [InlineData("a\n    ```\nb", "a\n    ```\nb")]
    [InlineData("- ```\n  a", "- ```\n  a")]
    [InlineData("> ```\n> a", "> ```\n> a")]
    [InlineData("<!-- b", "<!-- b\n-->")]
    [InlineData("<!-- b -->", "<!-- b -->")]
    [InlineData("<![CDATA[ b", "<![CDATA[ b\n]]>")]
    [InlineData("<![CDATA[ b ]]>", "<![CDATA[ b ]]>")]
    [InlineData("<?php b", "<?php b\n?>")]
    [InlineData("<!DOCTYPE b", "<!DOCTYPE b\n>")]
    [InlineData("<pre>\nb", "<pre>\nb\n</pre>")]
    [InlineData("<script>\nb", "<script>\nb\n</pre>")]
    [InlineData("<div>\nb", "<div>\nb")]
    [InlineData("", "")]
    public void A_block_that_would_go_on_over_what_follows_is_closed(string text, string closed) =>
        Assert.Equal(closed, OpenBlockCloser.Close(text));

    [Fact]
    public void The_open_block_of_a_long_text_is_closed_with_its_own_fence()
    {
        var text = "~~~~ cs\n" + Repeat("a line of code\n", 5_000);
        Assert.Equal(text + "\n~~~~", OpenBlockCloser.Close(text));
        Assert.Equal(text + "~~~~\n\nend", OpenBlockCloser.Close(text + "~~~~\n\nend"));
    }

    [Fact]
    public void Unformatted_text_is_escaped() =>
        Assert.Equal("<p class=\"plain\">a &amp;lt; &lt;b&gt;</p>\n", PlainTextHtml.ToHtml("a &lt; <b>"));

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static List<MarkdownSection> Split(string text) => [.. MarkdownSplitter.Split(text, ReplyMarkdown.Pipeline)];
}
