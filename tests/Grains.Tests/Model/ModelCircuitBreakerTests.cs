using GeminiChat.Grains.Model;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Grains.Tests.Model;

public sealed class ModelCircuitBreakerTests
{
    private static readonly TimeSpan Timeout60Seconds = TimeSpan.FromSeconds(60);

    // 12:00 in California, in winter.
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 20, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task No_more_calls_run_at_once_than_allowed()
    {
        var gate = Gate(maxConcurrent: 2);
        var first = await Enter(gate);
        await Enter(gate);
        var third = Enter(gate);
        Assert.False(third.IsCompleted);
        first.Dispose();
        await third.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Disposing_a_lease_twice_frees_one_permit()
    {
        var gate = Gate(maxConcurrent: 1);
        var first = await Enter(gate);
        first.Dispose();
        first.Dispose();
        using var second = await Enter(gate);
        Assert.False(Enter(gate).IsCompleted);
    }

    [Fact]
    public async Task A_retry_delay_opens_the_circuit_for_all_and_one_probe_goes_first()
    {
        var gate = Gate();
        var failed = await Enter(gate);
        failed.ReportFailure(Paused(TimeSpan.FromSeconds(3.5)));
        failed.Dispose();

        var waiting = Enumerable.Range(0, 5).Select(_ => Enter(gate)).ToList();
        _time.Advance(TimeSpan.FromSeconds(3.4));
        Assert.DoesNotContain(waiting, call => call.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.2));
        var first = await Task.WhenAny(waiting).WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        Assert.Equal(1, waiting.Count(call => call.IsCompleted));

        (await first).ReportSuccess();
        await Task.WhenAll(waiting).WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_cancelled_probe_lets_the_next_call_be_the_probe()
    {
        var gate = Gate();
        var failed = await Enter(gate);
        failed.ReportFailure(Paused(TimeSpan.FromSeconds(1)));
        failed.Dispose();
        _time.Advance(TimeSpan.FromSeconds(2));

        var probe = await Enter(gate);
        var next = Enter(gate);
        Assert.False(next.IsCompleted);
        probe.Dispose();
        await next.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_hanging_probe_blocks_no_call_beyond_its_timeout()
    {
        var gate = Gate();
        var failed = await Enter(gate);
        failed.ReportFailure(Paused(TimeSpan.FromSeconds(1)));
        failed.Dispose();
        _time.Advance(TimeSpan.FromSeconds(2));

        await Enter(gate);
        var waiting = Enter(gate);
        _time.Advance(Timeout60Seconds);
        var failure = await Assert.ThrowsAsync<ModelException>(() => waiting.WaitAsync(Deadline.Timeout));
        Assert.Equal(ModelFault.Unavailable, failure.Fault);
    }

    [Fact]
    public async Task A_probe_that_fails_without_a_new_delay_closes_the_circuit()
    {
        var gate = Gate();
        (await Enter(gate)).ReportFailure(Paused(TimeSpan.FromSeconds(1)));
        _time.Advance(TimeSpan.FromSeconds(2));
        var probe = await Enter(gate);
        var waiting = new[] { Enter(gate), Enter(gate) };
        probe.ReportFailure(new ModelException(ModelFault.Timeout, "hung"));
        await Task.WhenAll(waiting).WaitAsync(Deadline.Timeout);
    }

    [Fact]
    public async Task Waiting_for_a_permit_does_not_use_up_the_retry_time()
    {
        var gate = Gate(maxConcurrent: 1);
        var first = await Enter(gate);
        var window = Window();
        var second = gate.Acquire(window, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromHours(1));
        first.Dispose();
        await second;
        Assert.Equal(_time.GetUtcNow() + Timeout60Seconds, window.End);
    }

    [Fact]
    public async Task The_retry_window_restarts_after_the_end_of_a_delay()
    {
        var gate = Gate();
        var window = Window();
        using (var failed = await gate.Acquire(window, TestContext.Current.CancellationToken))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            failed.ReportFailure(Paused(Timeout60Seconds));
        }

        var again = gate.Acquire(window, TestContext.Current.CancellationToken);
        Assert.False(again.IsCompleted);
        _time.Advance(Timeout60Seconds);

        using var pass = await again.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        Assert.Equal(_time.GetUtcNow() + Timeout60Seconds, window.End);
    }

    [Fact]
    public async Task A_reply_waits_for_at_most_four_delays()
    {
        var gate = Gate();
        var window = Window();
        for (var pauses = 0; pauses < 4; pauses++)
        {
            (await Enter(gate)).ReportFailure(Paused(Timeout60Seconds));
            var entering = gate.Acquire(window, TestContext.Current.CancellationToken);
            Assert.False(entering.IsCompleted);
            _time.Advance(Timeout60Seconds);
            (await entering.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken)).ReportSuccess();
        }

        (await Enter(gate)).ReportFailure(Paused(Timeout60Seconds));
        var failure = await Assert.ThrowsAsync<ModelException>(() => gate.Acquire(window, TestContext.Current.CancellationToken));
        Assert.Equal(ModelFault.Unavailable, failure.Fault);
    }

    [Fact]
    public async Task A_delay_longer_than_the_maximum_wait_fails_at_once()
    {
        var gate = Gate();
        (await Enter(gate)).ReportFailure(Paused(TimeSpan.FromSeconds(90)));
        var failure = await Assert.ThrowsAsync<ModelException>(() => Enter(gate));
        Assert.Equal(ModelFault.Unavailable, failure.Fault);
    }

    [Fact]
    public async Task A_used_up_daily_quota_fails_every_call_until_midnight_Pacific_time()
    {
        var gate = Gate();
        (await Enter(gate)).ReportFailure(new ModelException(ModelFault.DailyQuota, "used up"));

        _time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<ModelException>(() => Enter(gate));
        Assert.Equal(ModelFault.DailyQuota, failure.Fault);

        _time.Advance(TimeSpan.FromSeconds(1));
        await Enter(gate);
    }

    [Fact]
    public async Task A_used_up_quota_with_a_retry_time_fails_every_call_until_then()
    {
        var gate = Gate();
        (await Enter(gate)).ReportFailure(new ModelException(ModelFault.DailyQuota, "used up", TimeSpan.FromMinutes(20)));
        _time.Advance(TimeSpan.FromMinutes(19));
        await Assert.ThrowsAsync<ModelException>(() => Enter(gate));
        _time.Advance(TimeSpan.FromMinutes(1));
        await Enter(gate);
    }

    private ModelCircuitBreaker Gate(int maxConcurrent = 100) =>
        new(Options.Create(new ModelOptions { MaxConcurrent = maxConcurrent }), _time);

    private Task<ModelCircuitBreaker.Lease> Enter(ModelCircuitBreaker gate) =>
        gate.Acquire(Window(), TestContext.Current.CancellationToken);

    private static RetryWindow Window() => new(Timeout60Seconds, maxPauses: 4);

    private static ModelException Paused(TimeSpan pause) => new(ModelFault.Unavailable, "slow down", pause);
}
