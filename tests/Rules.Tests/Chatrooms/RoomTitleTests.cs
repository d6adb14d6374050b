using System.Globalization;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Rules.Tests.Chatrooms;

public sealed class RoomTitleTests
{
    [Theory]
    [InlineData("How do tides work?", "How do tides work")]
    [InlineData("  \n\t\n  Second line\nthird", "Second line")]
    [InlineData("?!\n...\nAt last", "At last")]
    [InlineData("# A heading", "A heading")]
    [InlineData("> - [x] 1. **Bold** and `code`", "Bold and code")]
    [InlineData("Read [the page](https://example.com/a) please.", "Read the page please")]
    [InlineData("```python\nprint(1)\n```", "print(1)")]
    [InlineData("\"Quoted.\"", "Quoted")]
    [InlineData("(\u201CWhy?\u201D)", "Why")]
    [InlineData("\u00BFQu\u00E9 es esto?", "Qu\u00E9 es esto")]
    [InlineData("Is C# like f(x)?", "Is C# like f(x)")]
    [InlineData("\"a\" and \"b\"", "\"a\" and \"b\"")]
    [InlineData("too   much\u00A0 \t space\u0001", "too much space")]
    [InlineData("2 * 3 * snake_case", "2 * 3 * snake_case")]
    [InlineData("\U0001F600", "\U0001F600")]
    [InlineData("\u202Eevil\u2066 title\u200F", "evil title")]
    [InlineData("\u200B\u2060\nWords", "Words")]
    public void A_title_is_the_trimmed_first_line_with_words(string question, string title) =>
        Assert.Equal(title, RoomTitle.FromQuestion(question));

    [Theory]
    [InlineData("...")]
    [InlineData("  \n# \n> \n```")]
    [InlineData("\"\"")]
    [InlineData("\u200B\u3164")]
    public void Without_words_there_is_no_title(string question) => Assert.Null(RoomTitle.FromQuestion(question));

    [Fact]
    public void Sixty_code_units_stay_whole()
    {
        var text = string.Join(' ', Enumerable.Repeat("abcd", 12));
        Assert.Equal(59, text.Length);
        Assert.Equal(text, RoomTitle.FromQuestion(text));
        Assert.Equal($"{text}e", RoomTitle.FromQuestion($"{text}e"));
    }

    [Fact]
    public void A_long_line_is_cut_between_two_words()
    {
        var title = RoomTitle.FromQuestion(string.Join(", ", Enumerable.Repeat("word", 30)))!;
        Assert.True(title.Length <= 60);
        Assert.EndsWith(" word\u2026", title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\U0001F600")]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467")]
    [InlineData("e\u0301")]
    [InlineData("\u6F22")]
    public void A_line_without_spaces_is_cut_between_two_characters(string character)
    {
        var title = RoomTitle.FromQuestion(string.Concat(Enumerable.Repeat(character, 100)))!;
        Assert.InRange(title.Length, 60 - character.Length, 60);
        var characters = StringInfo.GetTextElementEnumerator(title[..^1]);
        while (characters.MoveNext())
        {
            Assert.Equal(character, characters.GetTextElement());
        }
    }

    [Fact]
    public void A_grapheme_longer_than_a_title_gives_no_title() =>
        Assert.Null(RoomTitle.FromQuestion("a" + new string('\u0301', 200)));

    [Fact]
    public void A_message_of_maximum_length_gets_a_title() =>
        Assert.NotNull(RoomTitle.FromQuestion(string.Concat(Enumerable.Repeat("[a](", 8000))));
}
