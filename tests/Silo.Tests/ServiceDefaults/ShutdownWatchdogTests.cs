using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.Silo.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Silo.Tests.ServiceDefaults;

public sealed class ShutdownWatchdogTests : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly RecordedTermination _ended = new();

    public void Dispose() => _stopping.Dispose();

    [Fact]
    public void A_process_that_hangs_when_it_was_asked_to_stop_ends_shortly_after_its_time()
    {
        using var deadline = new ShutdownWatchdog(_time);
        deadline.Start(_stopping.Token, Within, _ended.Terminator);
        _time.Advance(TimeSpan.FromDays(1));
        _stopping.Cancel();
        _time.Advance(Within + ShutdownWatchdog.DisposalGracePeriod - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _ended.Count);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, _ended.Count);
    }

    [Fact]
    public void A_process_that_has_stopped_in_time_is_left_alone()
    {
        var deadline = new ShutdownWatchdog(_time);
        deadline.Start(_stopping.Token, Within, _ended.Terminator);
        _stopping.Cancel();
        _time.Advance(Within);

        deadline.Dispose();
        _time.Advance(Within);

        Assert.Equal(0, _ended.Count);
    }

    [Fact]
    public void What_Orleans_cannot_survive_ends_the_process()
    {
        new FatalErrorHandler(_ended.Terminator).OnFatalException(this, "declared dead");

        Assert.Equal(1, _ended.Count);
    }
}
