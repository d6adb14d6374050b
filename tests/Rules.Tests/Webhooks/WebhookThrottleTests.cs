using GeminiChat.Silo.Webhooks;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Rules.Tests.Webhooks;

public sealed class WebhookThrottleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly WebhookThrottle _throttle;

    public WebhookThrottleTests() => _throttle = new WebhookThrottle(_time);

    [Fact]
    public void A_receiver_that_fails_again_and_again_gets_one_request_after_each_pause()
    {
        Fail(WebhookThrottle.MaxFailures - 1);
        Assert.Equal(WebhookThrottle.MaxParallelism, _throttle.Capacity);
        foreach (var seconds in new[] { 5, 10, 20, 40, 60, 60 })
        {
            // The others that ran at the same time do not make the pause longer.
            Fail(WebhookThrottle.MaxParallelism);
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            Assert.Equal(0, _throttle.Capacity);
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(1, _throttle.Capacity);
        }

        Assert.True(_throttle.RecordSuccess());
        Assert.Equal(WebhookThrottle.MaxParallelism, _throttle.Capacity);
        Fail(WebhookThrottle.MaxFailures);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _throttle.Capacity);
    }

    [Fact]
    public void Failures_between_successes_make_no_pause()
    {
        for (var i = 0; i < 3; i++)
        {
            Fail(WebhookThrottle.MaxFailures - 1);
            Assert.False(_throttle.RecordSuccess());
        }

        Assert.Equal(WebhookThrottle.MaxParallelism, _throttle.Capacity);
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(1_000_000, 3600)]
    public void A_pause_that_the_receiver_asks_for_is_kept_up_to_an_hour(int retryAfter, int seconds)
    {
        _throttle.RecordFailure(TimeSpan.FromSeconds(retryAfter));
        _throttle.RecordFailure(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        Assert.Equal(0, _throttle.Capacity);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(WebhookThrottle.MaxParallelism, _throttle.Capacity);
    }

    private void Fail(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _throttle.RecordFailure(retryAfter: null);
        }
    }
}
