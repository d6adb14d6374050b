using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Rules.Tests.Chatrooms;

public sealed class TokenEstimatorTests
{
    private readonly TokenEstimator _tokens = new();

    [Fact]
    public void The_initial_estimate_is_four_bytes_per_token() => Assert.Equal(4 + 25, _tokens.Estimate(new string('a', 100)));

    [Fact]
    public void A_long_prompt_corrects_the_bytes_per_token()
    {
        _tokens.Calibrate(bytes: 100_000, messages: 1, tokens: 80_000);

        Assert.Equal(1.25, _tokens.BytesPerToken, tolerance: 0.01);
    }

    [Fact]
    public void A_short_prompt_hardly_changes_the_estimate()
    {
        _tokens.Calibrate(bytes: 3, messages: 1, tokens: 7);

        Assert.Equal(4, _tokens.BytesPerToken, tolerance: 0.5);
    }

    [Theory]
    [InlineData(100, 1_000_000_000, 1)]
    [InlineData(1_000_000, 1, 16)]
    [InlineData(100, 0, 4)]
    public void An_implausible_token_count_hardly_changes_the_estimate(long bytes, long tokens, double ratio)
    {
        _tokens.Calibrate(bytes, messages: 1, tokens);

        Assert.Equal(ratio, _tokens.BytesPerToken);
    }
}
