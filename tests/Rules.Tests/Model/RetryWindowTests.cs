using GeminiChat.Grains.Model;

namespace GeminiChat.Rules.Tests.Model;

public sealed class RetryWindowTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    private readonly RetryWindow _window = new(Length, maxPauses: 2);

    [Fact]
    public void The_window_begins_once()
    {
        Assert.Null(_window.End);
        _window.Begin(Now);
        _window.Begin(Now.AddSeconds(10));
        Assert.Equal(Now + Length, _window.End);
    }

    [Fact]
    public void A_pause_begins_the_window_again_at_its_end_and_counts_once()
    {
        _window.Begin(Now);
        Assert.True(_window.TryExtend(Now, Now.AddSeconds(30)));
        Assert.Equal(Now.AddSeconds(90), _window.End);
        Assert.True(_window.TryExtend(Now.AddSeconds(1), Now.AddSeconds(30)));
        Assert.True(_window.TryExtend(Now.AddSeconds(30), Now.AddSeconds(40)));
        Assert.False(_window.TryExtend(Now.AddSeconds(40), Now.AddSeconds(50)));
        Assert.Equal(Now.AddSeconds(100), _window.End);
        Assert.True(_window.TryExtend(Now.AddSeconds(40), Now.AddSeconds(40)));
    }

    [Fact]
    public void A_pause_longer_than_the_window_is_not_waited_for()
    {
        Assert.False(_window.TryExtend(Now, Now + Length + TimeSpan.FromTicks(1)));
        Assert.Null(_window.End);
        Assert.True(_window.TryExtend(Now, Now + Length));
    }

    [Theory]
    [InlineData("2026-01-15T07:59:59Z", "2026-01-15T08:00:00Z")]
    [InlineData("2026-01-15T08:00:00Z", "2026-01-16T08:00:00Z")]
    [InlineData("2026-07-15T06:59:59Z", "2026-07-15T07:00:00Z")]
    [InlineData("2026-07-15T07:00:00Z", "2026-07-16T07:00:00Z")]
    [InlineData("2026-03-08T12:00:00Z", "2026-03-09T07:00:00Z")]
    [InlineData("2026-11-01T12:00:00Z", "2026-11-02T08:00:00Z")]
    [InlineData("2026-01-15T09:00:00+09:00", "2026-01-15T08:00:00Z")]
    public void A_daily_quota_returns_at_midnight_in_California(string now, string midnight)
    {
        var next = PacificTime.NextMidnight(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((DateTimeOffset.Parse(midnight, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero), (next, next.Offset));
    }
}
