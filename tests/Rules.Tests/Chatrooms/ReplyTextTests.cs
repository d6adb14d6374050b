using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Rules.Tests.Chatrooms;

public sealed class ReplyTextTests
{
    private const int NoLimit = int.MaxValue;

    private static readonly Arbitrary<string[]> AnyChunks = Gen.OneOf(
            Gen.Elements('a', 'b', '\0', '\uD83D', '\uDE00', 'é', '漢'),
            ArbMap.Default.GeneratorFor<char>())
        .ArrayOf()
        .Select(units => new string(units))
        .ArrayOf()
        .ToArbitrary();

    [Fact]
    public void A_surrogate_pair_split_over_two_chunks_is_joined()
    {
        var text = new ReplyText(NoLimit);
        text.Append("smile \uD83D");
        Assert.Equal("smile ", text.ToString());
        text.Append("\uDE00!");
        Assert.Equal("smile 😀!", text.ToString());
    }

    [Theory]
    [InlineData(new[] { 'a', '\0', 'b' }, "a\uFFFDb")]
    [InlineData(new[] { 'a', '\uD83D', 'b' }, "a\uFFFDb")]
    [InlineData(new[] { 'a', '\uDE00', 'b' }, "a\uFFFDb")]
    [InlineData(new[] { 'a', '\uD83D' }, "a\uFFFD")]
    public void Characters_that_databases_cannot_store_are_replaced(char[] units, string expected)
    {
        // Not as a string: an attribute's strings hold no lone surrogates.
        var chunk = new string(units);
        var text = new ReplyText(NoLimit);
        text.Append(chunk);
        text.Complete();
        Assert.Equal(expected, text.ToString());
    }

    [Theory]
    [InlineData(" \n\t\u00a0\u3000")]
    [InlineData("\u200b\u200d\ufeff\u0007")]
    [InlineData("\u3164\u2800\ufe0f")]
    public void A_text_without_a_visible_character_is_held_back_until_one_comes(string blank)
    {
        var text = new ReplyText(NoLimit);
        text.Append(blank);
        Assert.Equal((0, "", true), (text.Length, text.ToString(), text.IsBlank));
        Assert.False(text.IsBoundary(1));
        text.Append("a ");
        Assert.Equal((blank.Length + 2, blank + "a ", false), (text.Length, text.ToString(), text.IsBlank));
    }

    [Fact]
    public void White_space_and_a_lone_surrogate_are_not_visible_text()
    {
        var text = new ReplyText(NoLimit);
        text.Append(new string([' ', '\uD83D']));
        text.Complete();
        Assert.Equal("", text.ToString());
    }

    [Fact]
    public void Text_beyond_the_limit_is_cut_between_code_points()
    {
        var text = new ReplyText(maxBytes: 6);
        text.Append("ab");
        Assert.False(text.IsFull);
        text.Append("é😀");
        Assert.True(text.IsFull);
        Assert.Equal("abé", text.ToString());
        text.Append("c");
        Assert.Equal("abé", text.ToString());
    }

    [Property]
    public Property The_pieces_that_readers_get_join_to_the_whole_text() => Prop.ForAll(AnyChunks, chunks =>
    {
        var text = new ReplyText(NoLimit);
        var read = new StringBuilder();
        foreach (var chunk in chunks)
        {
            text.Append(chunk);
            Assert.True(text.IsBoundary(read.Length));
            read.Append(text.Slice(read.Length, int.MaxValue));
        }

        text.Complete();
        read.Append(text.Slice(read.Length, int.MaxValue));
        Assert.Equal(text.ToString(), read.ToString());
    });

    [Property]
    public Property Text_shown_to_readers_can_be_stored_unchanged() => Prop.ForAll(AnyChunks, chunks =>
    {
        var text = new ReplyText(NoLimit);
        Array.ForEach(chunks, text.Append);
        text.Complete();
        var shown = text.ToString();
        Assert.Equal(shown, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(shown)));
        Assert.DoesNotContain('\0', shown);
    });

    [Fact]
    public void Only_places_between_code_points_are_boundaries()
    {
        var text = new ReplyText(NoLimit);
        text.Append("a😀");
        Assert.Equal([true, true, false, true, false], Enumerable.Range(0, 5).Select(text.IsBoundary));
    }

    [Theory]
    [InlineData(4, "abcd", false, "abcd")]
    [InlineData(4, "abcde", true, "abcd")]
    [InlineData(4, "abc😀", true, "abc")]
    [InlineData(4, "😀", false, "😀")]
    [InlineData(3, "😀", true, "")]
    public void A_text_is_full_only_when_something_was_dropped(int maxBytes, string chunk, bool isFull, string expected)
    {
        var text = new ReplyText(maxBytes);
        text.Append("");
        text.Append(chunk);
        Assert.Equal((isFull, expected), (text.IsFull, text.ToString()));
    }

    [Fact]
    public void A_slice_has_at_most_the_asked_length_and_ends_between_code_points()
    {
        var text = new ReplyText(NoLimit);
        text.Append("a😀bc");
        Assert.Equal(["", "a", "a", "a😀", "a😀b", "a😀bc", "a😀bc"], Enumerable.Range(0, 7).Select(length => text.Slice(0, length)));
        Assert.Equal(["😀", "b", ""], [text.Slice(1, 2), text.Slice(3, 1), text.Slice(5, 9)]);
        Assert.Equal([true, true, false, true, true, true, false], Enumerable.Range(0, 7).Select(offset => ReplyText.IsBoundary(offset, "a😀bc")));
    }

    [Fact]
    public void A_held_back_surrogate_is_replaced_by_what_follows()
    {
        var text = new ReplyText(NoLimit);
        text.Append(new string(['a', '\uD83D']));
        text.Append(new string(['\uD83D', '\uDE00', 'b']));
        text.Append(new string(['\uD83D']));
        text.Append("c");
        Assert.Equal("a\uFFFD😀b\uFFFDc", text.ToString());
        text.Complete();
        Assert.Equal("a\uFFFD😀b\uFFFDc", text.ToString());
    }
}
