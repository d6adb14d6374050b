using System.Text;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;

namespace GeminiChat.Rules.Tests.Chatrooms;

public sealed class CitationFinderTests
{
    private static readonly WebSource Page = new("https://a.example/", "A");

    [Theory]
    [InlineData("sky", "The sky is blue.")]
    [InlineData("schön", "Über den Wolken ist es schön.")]
    [InlineData("😀 is", "A smile 😀 is good.")]
    [InlineData("猫", "これは猫です。")]
    [InlineData("The sky is blue.", "The sky is blue.")]
    public void Positions_in_UTF_8_become_positions_in_UTF_16(string cited, string text)
    {
        var start = text.IndexOf(cited, StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetByteCount(text.AsSpan(0, start));

        var citation = Assert.Single(Find(text, new GroundingSupport(bytes, bytes + Encoding.UTF8.GetByteCount(cited), Text: null, [0])));

        Assert.Equal((start, start + cited.Length), (citation.Start, citation.End));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(0, 0)]
    [InlineData(6, 2)]
    [InlineData(0, 7)]
    [InlineData(1, 6)]
    [InlineData(0, 3)]
    public void A_position_that_is_not_in_the_text_or_cuts_a_character_is_left_out(int start, int end) =>
        Assert.Empty(Find("é😀", new GroundingSupport(start, end, Text: null, [0])));

    [Fact]
    public void A_position_of_another_part_is_found_by_its_text()
    {
        // The model counted from the second part on, which begins after the code.
        const string Text = "It is 4. \n```python\n2 + 2\n```\nIt is even. It is 4.";
        var citations = Find(Text, new GroundingSupport(0, 11, "It is even.", [0]), new GroundingSupport(12, 20, "It is 4.", [0]));

        Assert.Equal(["It is even.", "It is 4."], citations.Select(citation => Text[citation.Start..citation.End]));
        Assert.Equal(Text.Length, citations[1].End);
    }

    [Fact]
    public void Citations_are_in_the_order_of_the_text()
    {
        var citations = Find("one two", new GroundingSupport(4, 7, "two", [0]), new GroundingSupport(0, 7, null, [0]), new GroundingSupport(0, 3, "one", [0]));

        Assert.Equal([(0, 3), (0, 7), (4, 7)], citations.Select(citation => (citation.Start, citation.End)));
    }

    [Fact]
    public void What_is_not_in_the_text_or_has_no_source_is_left_out()
    {
        Assert.Empty(Find("one", new GroundingSupport(0, 3, "two", [0]), new GroundingSupport(0, 3, "one", [])));
        Assert.Empty(Find("a😀", new GroundingSupport(9, 9, "\ud83d", [0])));
    }

    [Fact]
    public void Without_sources_and_suggestions_there_is_nothing_to_store()
    {
        Assert.Null(CitationFinder.Find(grounding: null, "text"));
        Assert.Null(CitationFinder.Find(new GroundingContent([], [], searchSuggestions: null, queries: 1), "text"));
        Assert.Equal("<b/>", CitationFinder.Find(new GroundingContent([], [], "<b/>", queries: 1), "text")?.SearchSuggestions);
    }

    [Fact]
    public void What_a_reply_is_based_on_counts_in_its_size()
    {
        var reply = new RoomMessage(2, Sender.Ai, "one", DateTimeOffset.UnixEpoch, MessageStatus.Completed);
        var grounded = reply with { Grounding = new ReplyGrounding([Page], [new Citation(0, 3, [0])], "<b/>") };

        Assert.Equal(3, reply.GetSize());
        Assert.Equal(3 + Page.Url.Length + Page.Title.Length + 40 + 4, grounded.GetSize());
    }

    private static ImmutableArray<Citation> Find(string text, params ImmutableArray<GroundingSupport> supports) =>
        CitationFinder.Find(new GroundingContent([Page], supports, searchSuggestions: null, queries: 1), text)!.Citations;
}
