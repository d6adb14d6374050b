using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class TokenEstimateTests
{
    private readonly TokenEstimate _tokens = new();

    [Fact]
    public void A_room_that_is_not_known_yet_has_four_bytes_a_token() => Assert.Equal(4 + 25, _tokens.Of(new string('a', 100)));

    [Fact]
    public void A_long_prompt_says_what_a_token_weighs()
    {
        _tokens.Learn(bytes: 100_000, messages: 1, tokens: 80_000);

        Assert.Equal(1.25, _tokens.BytesPerToken, tolerance: 0.01);
    }

    [Fact]
    public void A_few_words_say_little()
    {
        _tokens.Learn(bytes: 3, messages: 1, tokens: 7);

        Assert.Equal(4, _tokens.BytesPerToken, tolerance: 0.5);
    }

    [Theory]
    [InlineData(100, 1_000_000_000, 1)]
    [InlineData(1_000_000, 1, 16)]
    [InlineData(100, 0, 4)]
    public void A_count_that_cannot_be_changes_little(long bytes, long tokens, double ratio)
    {
        _tokens.Learn(bytes, messages: 1, tokens);

        Assert.Equal(ratio, _tokens.BytesPerToken);
    }
}
