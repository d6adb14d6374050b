using GeminiChat.Gateway.Files;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Rules.Tests.Files;

public sealed class UploadDeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_upload_that_brings_nothing_ends_after_the_grace_period()
    {
        using var deadline = Begin();
        _time.Advance(UploadDeadline.GracePeriod - TimeSpan.FromMilliseconds(1));
        Assert.False(deadline.IsTooSlow);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(deadline.IsTooSlow);
        Assert.True(deadline.Token.IsCancellationRequested);
    }

    [Theory]
    [InlineData(1024, 12)]
    [InlineData(UploadDeadline.MinBytesPerSecond, 600)]
    [InlineData(1_000_000, 600)]
    public void An_upload_lasts_as_long_as_its_rate_allows(int bytesPerSecond, int seconds)
    {
        using var deadline = Begin();
        var lasted = 0;
        for (; !deadline.IsTooSlow; lasted++)
        {
            deadline.Advance(bytesPerSecond);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(seconds, lasted);
    }

    [Fact]
    public void The_shutdown_ends_an_upload_which_is_not_called_slow()
    {
        using var shutdown = new CancellationTokenSource();
        using var deadline = new UploadDeadline(_time, shutdown.Token, CancellationToken.None);
        shutdown.Cancel();
        Assert.True(deadline.Token.IsCancellationRequested);
        Assert.False(deadline.IsTooSlow);
    }

    private UploadDeadline Begin() => new(_time, CancellationToken.None, CancellationToken.None);
}
