using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.Running;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Web;

public sealed class GrainRetryPolicyTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_grain_call_is_retried_after_the_loss_of_a_silo()
    {
        var healed = _time.GetUtcNow() + TimeSpan.FromSeconds(13);

        var answer = await Ask(() => _time.GetUtcNow() < healed ? throw new SiloUnavailableException("no") : "answer");

        Assert.Equal("answer", answer);
        Assert.True(_time.GetUtcNow() >= healed);
    }

    [Fact]
    public async Task Retries_end_after_fifteen_seconds_and_few_attempts()
    {
        var began = _time.GetUtcNow();
        var calls = 0;

        await Assert.ThrowsAsync<SiloUnavailableException>(() => Ask(() =>
        {
            calls++;
            throw new SiloUnavailableException("no");
        }));

        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.FromSeconds(13), GrainRetryPolicy.Timeout);
        Assert.InRange(calls, 15, 40);
    }

    [Fact]
    public async Task A_store_outage_is_retried_once_at_once()
    {
        var began = _time.GetUtcNow();
        var calls = 0;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ask(() =>
        {
            calls++;
            throw new StoreUnavailableException("no");
        }));

        Assert.Equal(2, calls);
        Assert.Equal(began, _time.GetUtcNow());
    }

    [Fact]
    public async Task An_unexpected_exception_is_not_retried()
    {
        var calls = 0;

        await Assert.ThrowsAsync<InvalidOperationException>(() => Ask(() =>
        {
            calls++;
            throw new InvalidOperationException("no");
        }));

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_call_that_used_up_the_time_is_not_retried()
    {
        var calls = 0;

        await Assert.ThrowsAsync<TimeoutException>(() => Ask(() =>
        {
            calls++;
            _time.Advance(GrainRetryPolicy.Timeout);
            throw new TimeoutException();
        }));

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Only_so_many_calls_go_on_after_the_first_repeat_and_each_returns_its_slot()
    {
        using var slots = new SemaphoreSlim(2);
        using var over = new CancellationTokenSource();
        var calls = new int[3];
        var asking = Enumerable.Range(0, calls.Length).Select(number => Start(
            () =>
            {
                calls[number]++;
                throw new SiloUnavailableException("no");
            },
            slots,
            over.Token)).ToArray();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => asking[2].WaitAsync(Deadline.Timeout));
        Assert.Equal([2, 2, 2], calls);
        Assert.False(asking[0].IsCompleted || asking[1].IsCompleted);

        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking[0].WaitAsync(Deadline.Timeout));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking[1].WaitAsync(Deadline.Timeout));
        Assert.Equal(2, slots.CurrentCount);
    }

    [Fact]
    public async Task A_call_that_needs_one_repeat_takes_no_slot()
    {
        using var slots = new SemaphoreSlim(1);
        var isFirst = true;
        await Start(() => isFirst ? throw Fail() : "answer", slots, CancellationToken.None);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Start(() => throw new StoreUnavailableException("no"), slots, CancellationToken.None));

        Assert.Equal(1, slots.CurrentCount);

        TimeoutException Fail()
        {
            isFirst = false;
            return new TimeoutException();
        }
    }

    [Fact]
    public async Task Streams_go_on_without_a_slot()
    {
        var healed = _time.GetUtcNow() + TimeSpan.FromSeconds(13);

        var answer = await Finish(Start(
            () => _time.GetUtcNow() < healed ? throw new SiloUnavailableException("no") : "answer", null, CancellationToken.None));

        Assert.Equal("answer", answer);
    }

    [Fact]
    public async Task A_call_is_not_retried_after_its_client_disconnected()
    {
        using var gone = new CancellationTokenSource();
        using var slots = new SemaphoreSlim(1);
        var calls = 0;

        await Assert.ThrowsAsync<SiloUnavailableException>(() => Start(
            () =>
            {
                calls++;
                gone.Cancel();
                throw new SiloUnavailableException("no");
            },
            slots,
            gone.Token).WaitAsync(Deadline.Timeout));

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_long_call_that_fails_is_repeated_once()
    {
        var calls = 0;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => GrainCalls.RetryOnceAsync(() =>
        {
            calls++;
            return Task.FromException<string>(new StoreUnavailableException("no"));
        }));

        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_long_call_that_nobody_answers_is_not_repeated()
    {
        var calls = 0;

        await Assert.ThrowsAsync<TimeoutException>(() => GrainCalls.RetryOnceAsync(() =>
        {
            calls++;
            return Task.FromException<string>(new TimeoutException());
        }));

        Assert.Equal(1, calls);
    }

    private async Task<string> Ask(Func<string> answer)
    {
        using var slots = new SemaphoreSlim(1);
        return await Finish(Start(answer, slots, CancellationToken.None));
    }

    private Task<string> Start(Func<string> answer, SemaphoreSlim? slots, CancellationToken cancellationToken) =>
        new GrainRetryPolicy(slots, _time).ExecuteAsync(async () => answer(), cancellationToken);

    private async Task<string> Finish(Task<string> asking)
    {
        using var deadline = Deadline.Start();
        while (!asking.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        return await asking;
    }
}
