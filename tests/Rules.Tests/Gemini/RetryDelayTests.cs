using GeminiChat.Silo.Gemini;
using Microsoft.Extensions.AI;

namespace GeminiChat.Rules.Tests.Gemini;

public sealed class RetryDelayTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("34", null)]
    [InlineData("s", null)]
    [InlineData("34.07s", 34.07)]
    [InlineData("0s", 0.0)]
    [InlineData("900ms", 0.9)]
    [InlineData("1500.5ms", 1.5005)]
    [InlineData("-1s", null)]
    [InlineData("NaNs", null)]
    [InlineData("1e3s", null)]
    [InlineData("1,000s", null)]
    [InlineData("172800s", 172800.0)]
    [InlineData("172801s", 172800.0)]
    public void A_duration_has_a_unit_and_at_most_two_days(string? duration, double? seconds) =>
        Assert.Equal(seconds, RetryDelay.Parse(duration)?.TotalSeconds);

    [Theory]
    [InlineData("Please retry in 34.07s.", 34.07)]
    [InlineData("Quota exceeded. Please retry in 900ms.", 0.9)]
    [InlineData("Please retry in 19h21m4.2s.", 69664.2)]
    [InlineData("Please retry in 2h3s", 7203.0)]
    [InlineData("Please retry in 5m3s", 303.0)]
    [InlineData("Please retry in 5m", null)]
    [InlineData("Please retry soon", null)]
    [InlineData("Please retry in 1.2.3s", null)]
    [InlineData(null, null)]
    public void The_words_of_an_error_name_the_wait(string? message, double? seconds) =>
        Assert.Equal(seconds, RetryDelay.FromError(new RpcStatus(429, message, null, null))?.TotalSeconds);

    [Fact]
    public void The_details_of_an_error_count_before_its_words()
    {
        List<RpcDetail> details = [null!, new(null, null, null), new(null, "7s", null), new(null, "8s", null)];
        Assert.Equal(7, RetryDelay.FromError(new RpcStatus(429, "Please retry in 9s", null, details))?.TotalSeconds);
        Assert.Equal(9, RetryDelay.FromError(new RpcStatus(429, "Please retry in 9s", null, [new(null, "soon", null)]))?.TotalSeconds);
        Assert.Null(RetryDelay.FromError(null));
    }

    [Theory]
    [InlineData("STOP", "stop")]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("CONTINUATION", "length")]
    [InlineData("SAFETY", "content_filter")]
    [InlineData("RECITATION", "content_filter")]
    [InlineData("BLOCKLIST", "content_filter")]
    [InlineData("PROHIBITED_CONTENT", "content_filter")]
    [InlineData("SPII", "content_filter")]
    [InlineData("LANGUAGE", "content_filter")]
    [InlineData("IMAGE_SAFETY", "content_filter")]
    [InlineData("IMAGE_A_NEW_ONE", "content_filter")]
    [InlineData("MALFORMED_FUNCTION_CALL", "tool_calls")]
    [InlineData("UNEXPECTED_TOOL_CALL", "tool_calls")]
    [InlineData("TOO_MANY_TOOL_CALLS", "tool_calls")]
    [InlineData("OTHER", "other")]
    [InlineData("A_NEW_ONE", "other")]
    public void A_finish_of_Gemini_is_mapped(string reason, string expected) =>
        Assert.Equal(new ChatFinishReason(expected), FinishReasons.Map(reason));

    [Theory]
    [InlineData(null, false, false)]
    [InlineData("", false, false)]
    [InlineData("FINISH_REASON_UNSPECIFIED", false, true)]
    [InlineData("BLOCK_REASON_UNSPECIFIED", true, false)]
    [InlineData("SAFETY", true, true)]
    public void An_unspecified_reason_is_none(string? reason, bool isFinish, bool isBlock) =>
        Assert.Equal((isFinish, isBlock), (FinishReasons.IsFinish(reason), FinishReasons.IsBlock(reason)));
}
