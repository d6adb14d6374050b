using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using GeminiChat.Gateway.Rendering;

namespace GeminiChat.Rules.Tests.Rendering;

/// <summary>The HTML of a reply that is being written, as a client puts it together.</summary>
public sealed class IncrementalHtmlTests
{
    private static readonly string[] Closed =
    [
        "Some *words* and `code`.\n\n", "two\nlines with **bold**\n\n", "# A heading\n", "Under\n===\n", "- one\n- two\n\n  more\n- three\n\n",
        "1. first\n   ```\n   code\n   ```\n2. second\n\n", "> a quote\ngoes on\n\n", "```cs\nvar a = 1;\n\n// 😀\n```\n", "***\n",
        "$$\na\n\nb = c\n- d\n$$\n", "a $x^2$ and \\(y\\)\n\n", "    indented\n\n", "😀 漢字 مرحبا\n\n", "<b>no HTML</b>\n\n", "\n\n\n",
    ];

    private static readonly string[] Any =
    [
        .. Closed, "~~~\nopen\n", "~~~\n", "  ", "word ", "```", "| a | b |\n|---|--:|\n| 1 | 2 |\n", "| 3 | 4 |\n\n", "see [it][1] and [2]\n\n", "[1]: https://one.example\n", "[2]: <https://two.example> 'two'\n\n",
        "a[^1] and [^n]\n\n", "[^1]: a note\n\n", "[^n]: more\n    of it\n", "> [3]: https://three.example\n\n", "[it][3] ",
        "*", "**", "[a](https://b.example", ")", "\\[", "\n", "- ", "1. ", "> ", "|",
    ];

    [Property(MaxTest = 100)]
    public Property The_end_is_the_same_as_the_whole_rendered_at_once() => Prop.ForAll(PiecesOf(Any), pieces =>
    {
        var reader = new Reader();
        foreach (var piece in pieces)
        {
            reader.Add(piece);
        }

        return reader.Complete() == ReplyHtml.Render(string.Concat(pieces));
    });

    [Property(MaxTest = 100)]
    public Property Without_tables_and_references_it_is_the_same_at_the_end_of_each_block() => Prop.ForAll(PiecesOf(Closed), pieces =>
    {
        var (reader, text) = (new Reader(), "");
        return pieces.All(piece => (reader.Add(piece) == ReplyHtml.Render(text += piece)) | !text.EndsWith("\n\n", StringComparison.Ordinal));
    });

    [Property(MaxTest = 30)]
    public Property After_a_reset_nothing_of_the_text_before_is_left() => Prop.ForAll(PiecesOf(Any), PiecesOf(Any), (before, after) =>
    {
        var reader = new Reader();
        Array.ForEach(before, piece => reader.Add(piece));
        reader.Reset();
        Array.ForEach(after, piece => reader.Add(piece));
        return reader.Complete() == ReplyHtml.Render(string.Concat(after));
    });

    [Fact]
    public void A_growing_code_block_sends_only_its_growth()
    {
        var html = new IncrementalHtml();
        html.Append("Before.\n\n```\n" + string.Concat(Enumerable.Repeat("a line of code\n", 1_001)));
        Assert.Equal([0, 1], html.Render().Select(change => change.Block));

        html.Append("one more\n");

        var change = Assert.Single(html.Render());
        Assert.Equal((1, 2, "one more\n</span></code></pre>\n"), (change.Block, change.Blocks, change.Html));
        Assert.Empty(html.Render());
    }

    [Fact]
    public void Closed_blocks_are_not_sent_again()
    {
        var html = new IncrementalHtml();
        for (var i = 0; i < 100; i++)
        {
            html.Append($"paragraph {i}\n\n");
            var change = Assert.Single(html.Render());
            Assert.Equal((i, 0, $"<p>paragraph {i}</p>\n", i + 1), (change.Block, change.Keep, change.Html, change.Blocks));
        }
    }

    [Fact]
    public void A_long_text_ends_as_the_whole_rendered_at_once()
    {
        var text = string.Concat(Enumerable.Range(0, 3_000).Select(i => $"- item {i} with some words\n"))
            + "\n```\n" + string.Concat(Enumerable.Repeat("code\n", 20_000)) + "```\n\nEnd.";
        var reader = new Reader();
        for (var at = 0; at < text.Length; at += 20_000)
        {
            reader.Add(text.Substring(at, Math.Min(20_000, text.Length - at)));
        }

        Assert.Equal(ReplyHtml.Render(text), reader.Complete());
    }

    [Fact]
    public void Text_after_the_definition_of_a_link_shows_what_is_before_it_once()
    {
        var reader = new Reader();
        reader.Add("P1 text.\n\n[1]: https://a.example\n\n");
        Assert.Equal("<p>P1 text.</p>\n<p>He</p>\n", reader.Add("He"));
        Assert.Equal("<p>P1 text.</p>\n<p>Hello</p>\n", reader.Add("llo"));
        Assert.Equal("<p>P1 text.</p>\n<p>Hello wor</p>\n", reader.Add(" wor"));
    }

    [Fact]
    public void A_definition_in_closed_text_is_known_to_the_text_after_it_and_the_first_one_counts()
    {
        const string Link = "<a href=\"https://a.example\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">it</a>";
        var reader = new Reader();
        reader.Add("P1\n\n> [One]: https://a.example\n\nP2\n\nP3\n\n");
        reader.Add("P4\n\n");
        Assert.EndsWith($"<p>{Link}</p>\n", reader.Add("[it][one]\n\n"), StringComparison.Ordinal);
        Assert.EndsWith($"<p>{Link} [two]</p>\n", reader.Add("[one]: https://b.example\n\n[it][one] [two]"), StringComparison.Ordinal);
        var whole = reader.Add("\n\n\nend");
        Assert.Equal(whole, reader.Complete());

        reader.Reset();
        Assert.Equal("<p>[it][one]</p>\n", reader.Add("[it][one]"));
    }

    [Theory]
    [InlineData(200, 10, true)]
    [InlineData(201, 10, false)]
    [InlineData(8, 1_900, true)]
    [InlineData(9, 1_900, false)]
    public void The_known_definitions_have_a_limit(int count, int length, bool isLastKnown)
    {
        var reader = new Reader();
        var path = new string('x', length);
        reader.Add(string.Concat(Enumerable.Range(1, count).Select(i => $"[{i}]: https://a.example/{path}\n")) + "\nP1\n\nP2\n\n");
        reader.Add("P3\n\n");
        Assert.Equal(isLastKnown, reader.Add($"[{count}]").Contains("<a ", StringComparison.Ordinal));
        Assert.Contains($"<a href=\"https://a.example/{path}\"", reader.Add(" [1]"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_turns_into_nothing_is_taken_away()
    {
        var reader = new Reader();
        Assert.Equal("<p>[a]</p>\n", reader.Add("[a]"));
        Assert.Equal("", reader.Add(": https://a.example"));
    }

    // Cut anywhere but within a pair of surrogates.
    private static Arbitrary<string[]> PiecesOf(string[] words) => Gen.Elements(words).ArrayOf()
        .SelectMany(all => Gen.Choose(1, 9).ArrayOf().Where(sizes => sizes.Length > 0).Select(sizes => Cut(string.Concat(all), sizes)))
        .ToArbitrary();

    private static string[] Cut(string text, int[] sizes)
    {
        var pieces = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = Math.Min(text.Length, at + sizes[pieces.Count % sizes.Length]);
            end += end < text.Length && char.IsLowSurrogate(text[end]) ? 1 : 0;
            pieces.Add(text[at..end]);
            at = end;
        }

        return [.. pieces];
    }

    /// <summary>A client.</summary>
    private sealed class Reader
    {
        private readonly IncrementalHtml _html = new();
        private readonly List<string> _blocks = [];
        private string _text = "";

        public string Add(string piece)
        {
            _text += piece;
            _html.Append(piece);
            var all = Take(_html.Render());

            // What is closed now is as it was, and what is open is rendered as before.
            Assert.Empty(_html.Render());
            return all;
        }

        public string Complete() => Take(_html.Complete(ReplyHtml.Render(_text, out _)));

        public void Reset()
        {
            _text = "";
            _html.Clear();
            _blocks.Clear();
        }

        private string Take(IReadOnlyList<HtmlChange> changes)
        {
            foreach (var (block, keep, html, count) in changes)
            {
                Assert.InRange(block, 0, _blocks.Count);
                if (block == _blocks.Count)
                {
                    _blocks.Add("");
                }

                _blocks[block] = _blocks[block][..keep] + html;
                _blocks.RemoveRange(Math.Min(count, _blocks.Count), Math.Max(0, _blocks.Count - count));
            }

            return string.Concat(_blocks);
        }
    }
}
