using GeminiChat.Silo.Store.Search;

namespace GeminiChat.Rules.Tests.Search;

public sealed class SearchQueryTests
{
    [Theory]
    [InlineData("hello", "hello*")]
    [InlineData("hello ", "hello*")]
    [InlineData("Hello World", "hello|world*")]
    [InlineData("\"hello world\"", "hello world")]
    [InlineData("a \"b c\" d", "a|b c|d")]
    [InlineData("say \"hello wor", "say|hello wor*")]
    [InlineData("“hello world”", "hello world")]
    [InlineData("don't", "don t")]
    [InlineData("NEAR(a b) OR NOT c* ^d words:e", "near a|b|or|not|c|d|words e")]
    [InlineData("a:* & !b | 'c' <-> \\", "a|b|c")]
    [InlineData("x", "x")]
    [InlineData("xy", "xy*")]
    [InlineData("東京", "東京")]
    [InlineData("東", "東*")]
    [InlineData("東 x", "東*|x")]
    [InlineData("東京tower", "東京 京 tower*")]
    [InlineData("2026年", "2026 年*")]
    [InlineData("\"東京\" 大阪市", "東京|大阪 阪市")]
    public void A_query_becomes_terms(string text, string terms) => Assert.Equal(terms, Terms(text));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("\"\" ' \u0000 * -")]
    [InlineData("😀")]
    [InlineData("\uD800")]
    [InlineData("a b c d e f g h i j k l m n o p q")]
    public void A_query_without_words_or_with_too_many_is_none(string text) => Assert.Null(SearchQuery.Parse(text));

    [Theory]
    [InlineData("The quick brown fox", "quick", "The quick brown fox", "quick")]
    [InlineData("Über Grüße, GRÜSSE und gruss", "grusse", "Über Grüße, GRÜSSE und gruss", "Grüße,GRÜSSE")]
    [InlineData("one two, three two three", "\"two three\"", "one two, three two three", "two, three,two three")]
    [InlineData("prefixes pre fix", "pre", "prefixes pre fix", "prefixes,pre")]
    [InlineData("私は東京都に住む", "東京都", "私は東京都に住む", "東京都")]
    [InlineData("日本の日", "日", "日本の日", "日,日")]
    [InlineData("a b a", "a b", "a b a", "a,b,a")]
    [InlineData("nothing here", "absent", "nothing here", "")]
    public void A_snippet_shows_the_matches(string content, string query, string snippet, string highlights)
    {
        var (text, ranges) = Snippet.Of(content, SearchQuery.Parse(query)!);

        Assert.Equal(snippet, text);
        Assert.Equal(highlights, string.Join(',', ranges.Select(range => text[range.Start..range.End])));
    }

    [Fact]
    public void A_snippet_of_a_long_text_begins_before_the_first_match()
    {
        var content = string.Concat(Enumerable.Repeat("filler 😀 ", 5000)) + "needle in the hay" + string.Concat(Enumerable.Repeat(" 😀", 5000));

        var (text, ranges) = Snippet.Of(content, SearchQuery.Parse("needle")!);

        Assert.InRange(text.Length, 150, 200);
        Assert.Contains("filler 😀 needle in the hay 😀", text, StringComparison.Ordinal);
        Assert.False(char.IsLowSurrogate(text[0]));
        Assert.False(char.IsHighSurrogate(text[^1]));
        var range = Assert.Single(ranges);
        Assert.Equal("needle", text[range.Start..range.End]);
    }

    [Fact]
    public void A_snippet_of_text_without_spaces_ends_at_code_points()
    {
        for (var before = 0; before < 130; before++)
        {
            var content = new string('x', before % 2) + string.Concat(Enumerable.Repeat("😀", before)) + "match" + string.Concat(Enumerable.Repeat("😀", 200));

            var (text, _) = Snippet.Of(content, SearchQuery.Parse("match")!);

            Assert.False(char.IsLowSurrogate(text[0]));
            Assert.False(char.IsHighSurrogate(text[^1]));
            Assert.Contains("match", text, StringComparison.Ordinal);
        }
    }

    private static string? Terms(string text) => SearchQuery.Parse(text) is { } query
        ? string.Join('|', query.Terms.Select(term => string.Join(' ', term.Words) + (term.IsPrefix ? "*" : "")))
        : null;
}
