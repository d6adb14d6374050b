using GeminiChat.Grains.Model;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Grains.Tests.Model;

public sealed class ModelGateTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
        await third.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Giving_a_pass_back_twice_frees_one_place()
    {
        var gate = Gate(maxConcurrent: 1);
        var first = await Enter(gate);
        first.Dispose();
        first.Dispose();
        using var second = await Enter(gate);
        Assert.False(Enter(gate).IsCompleted);
    }

    [Fact]
    public async Task A_pause_holds_for_all_and_one_call_goes_first()
    {
        var gate = Gate();
        var failed = await Enter(gate);
        failed.Failed(Paused(TimeSpan.FromSeconds(3.5)));
        failed.Dispose();

        var waiting = Enumerable.Range(0, 5).Select(_ => Enter(gate)).ToList();
        _time.Advance(TimeSpan.FromSeconds(3.4));
        Assert.DoesNotContain(waiting, call => call.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.2));
        var first = await Task.WhenAny(waiting).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(1, waiting.Count(call => call.IsCompleted));

        (await first).Succeeded();
        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_probe_that_is_given_up_passes_its_place_on()
    {
        var gate = Gate();
        var failed = await Enter(gate);
        failed.Failed(Paused(TimeSpan.FromSeconds(1)));
        failed.Dispose();
        _time.Advance(TimeSpan.FromSeconds(2));

        var probe = await Enter(gate);
        var next = Enter(gate);
        Assert.False(next.IsCompleted);
        probe.Dispose();
        await next.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_probe_that_hangs_holds_nobody_beyond_their_time()
    {
        var gate = Gate();
        var failed = await Enter(gate);
        failed.Failed(Paused(TimeSpan.FromSeconds(1)));
        failed.Dispose();
        _time.Advance(TimeSpan.FromSeconds(2));

        await Enter(gate);
        var waiting = Enter(gate);
        _time.Advance(Patience);
        var failure = await Assert.ThrowsAsync<ModelException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(ModelFault.Unavailable, failure.Fault);
    }

    [Fact]
    public async Task A_probe_that_fails_without_a_new_pause_ends_the_pause_for_all()
    {
        var gate = Gate();
        (await Enter(gate)).Failed(Paused(TimeSpan.FromSeconds(1)));
        _time.Advance(TimeSpan.FromSeconds(2));
        var probe = await Enter(gate);
        var waiting = new[] { Enter(gate), Enter(gate) };
        probe.Failed(new ModelException(ModelFault.Timeout, "hung"));
        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task The_wait_for_a_place_takes_nothing_from_the_time_for_retries()
    {
        var gate = Gate(maxConcurrent: 1);
        var first = await Enter(gate);
        var window = Window();
        var second = gate.Enter(window, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromHours(1));
        first.Dispose();
        await second;
        Assert.Equal(_time.GetUtcNow() + Patience, window.End);
    }

    [Fact]
    public async Task The_window_counts_from_the_end_of_a_pause_as_long_as_itself()
    {
        var gate = Gate();
        var window = Window();
        using (var failed = await gate.Enter(window, TestContext.Current.CancellationToken))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            failed.Failed(Paused(Patience));
        }

        var again = gate.Enter(window, TestContext.Current.CancellationToken);
        Assert.False(again.IsCompleted);
        _time.Advance(Patience);

        using var pass = await again.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(_time.GetUtcNow() + Patience, window.End);
    }

    [Fact]
    public async Task A_reply_waits_for_four_pauses_and_no_more()
    {
        var gate = Gate();
        var window = Window();
        for (var pauses = 0; pauses < 4; pauses++)
        {
            (await Enter(gate)).Failed(Paused(Patience));
            var entering = gate.Enter(window, TestContext.Current.CancellationToken);
            Assert.False(entering.IsCompleted);
            _time.Advance(Patience);
            (await entering.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).Succeeded();
        }

        (await Enter(gate)).Failed(Paused(Patience));
        var failure = await Assert.ThrowsAsync<ModelException>(() => gate.Enter(window, TestContext.Current.CancellationToken));
        Assert.Equal(ModelFault.Unavailable, failure.Fault);
    }

    [Fact]
    public async Task A_pause_longer_than_anyone_waits_fails_at_once()
    {
        var gate = Gate();
        (await Enter(gate)).Failed(Paused(TimeSpan.FromSeconds(90)));
        var failure = await Assert.ThrowsAsync<ModelException>(() => Enter(gate));
        Assert.Equal(ModelFault.Unavailable, failure.Fault);
    }

    [Fact]
    public async Task A_used_up_day_fails_every_call_until_midnight_in_California()
    {
        var gate = Gate();
        (await Enter(gate)).Failed(new ModelException(ModelFault.DailyQuota, "used up"));

        _time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<ModelException>(() => Enter(gate));
        Assert.Equal(ModelFault.DailyQuota, failure.Fault);

        _time.Advance(TimeSpan.FromSeconds(1));
        await Enter(gate);
    }

    [Fact]
    public async Task A_used_up_quota_with_a_time_of_return_fails_every_call_until_then()
    {
        var gate = Gate();
        (await Enter(gate)).Failed(new ModelException(ModelFault.DailyQuota, "used up", TimeSpan.FromMinutes(20)));
        _time.Advance(TimeSpan.FromMinutes(19));
        await Assert.ThrowsAsync<ModelException>(() => Enter(gate));
        _time.Advance(TimeSpan.FromMinutes(1));
        await Enter(gate);
    }

    private ModelGate Gate(int maxConcurrent = 100) =>
        new(Options.Create(new ModelOptions { MaxConcurrent = maxConcurrent }), _time);

    private Task<ModelGate.Pass> Enter(ModelGate gate) =>
        gate.Enter(Window(), TestContext.Current.CancellationToken);

    private static RetryWindow Window() => new(Patience, maxPauses: 4);

    private static ModelException Paused(TimeSpan pause) => new(ModelFault.Unavailable, "slow down", pause);
}
