using GeminiChat.Silo.Webhooks;

namespace GeminiChat.Rules.Tests.Webhooks;

public sealed class WebhookRetriesTests
{
    private static readonly DateTimeOffset Created = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 300)]
    [InlineData(3, 1_800)]
    [InlineData(4, 7_200)]
    [InlineData(5, 18_000)]
    [InlineData(6, 36_000)]
    [InlineData(7, 50_400)]
    [InlineData(8, 72_000)]
    [InlineData(9, 86_400)]
    [InlineData(100, 86_400)]
    public void The_delays_are_those_of_Standard_Webhooks(int attempts, int seconds) =>
        Assert.Equal(Created.AddSeconds(seconds), Next(attempts, Created));

    [Fact]
    public void The_jitter_changes_the_delay() =>
        Assert.Equal(Created.AddSeconds(5.5), WebhookRetries.GetNextAttempt(1, Created, Created, retryAfter: null, jitter: 1.1));

    [Theory]
    [InlineData(4, 5)]
    [InlineData(6, 6)]
    [InlineData(86_400, 86_400)]
    [InlineData(86_401, 86_400)]
    public void A_receiver_can_ask_for_a_longer_delay_up_to_a_day(int retryAfter, int seconds) =>
        Assert.Equal(Created.AddSeconds(seconds), Next(1, Created, TimeSpan.FromSeconds(retryAfter)));

    [Fact]
    public void The_last_attempt_is_three_days_after_the_event()
    {
        var end = Created.AddDays(3);
        Assert.Equal(end, Next(9, end.AddSeconds(-1)));
        Assert.Null(Next(1, end));
    }

    private static DateTimeOffset? Next(int attempts, DateTimeOffset now, TimeSpan? retryAfter = null) =>
        WebhookRetries.GetNextAttempt(attempts, Created, now, retryAfter, jitter: 1);
}
