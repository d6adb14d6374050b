using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Web;

public sealed class PatientTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_call_outlasts_the_loss_of_a_silo()
    {
        var healed = _time.GetUtcNow() + TimeSpan.FromSeconds(13);

        var answer = await Ask(() => _time.GetUtcNow() < healed ? throw new SiloUnavailableException("no") : "answer");

        Assert.Equal("answer", answer);
        Assert.True(_time.GetUtcNow() >= healed);
    }

    [Fact]
    public async Task A_loss_that_lasts_is_told_after_fifteen_seconds_and_few_repeats()
    {
        var began = _time.GetUtcNow();
        var calls = 0;

        await Assert.ThrowsAsync<SiloUnavailableException>(() => Ask(() =>
        {
            calls++;
            throw new SiloUnavailableException("no");
        }));

        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.FromSeconds(13), Patient.Longest);
        Assert.InRange(calls, 15, 40);
    }

    [Fact]
    public async Task A_store_that_is_away_is_asked_twice_at_once()
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
    public async Task A_bug_is_not_repeated()
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
    public async Task A_call_that_took_all_the_time_is_not_repeated()
    {
        var calls = 0;

        await Assert.ThrowsAsync<TimeoutException>(() => Ask(() =>
        {
            calls++;
            _time.Advance(Patient.Longest);
            throw new TimeoutException();
        }));

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task No_more_calls_than_there_are_places_try_on_and_each_gives_its_place_back()
    {
        using var free = new SemaphoreSlim(2);
        using var over = new CancellationTokenSource();
        var calls = new int[3];
        var asking = Enumerable.Range(0, calls.Length).Select(number => Start(
            () =>
            {
                calls[number]++;
                throw new SiloUnavailableException("no");
            },
            free,
            over.Token)).ToArray();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => asking[2].WaitAsync(Deadline));
        Assert.Equal([2, 2, 2], calls);
        Assert.False(asking[0].IsCompleted || asking[1].IsCompleted);

        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking[0].WaitAsync(Deadline));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking[1].WaitAsync(Deadline));
        Assert.Equal(2, free.CurrentCount);
    }

    [Fact]
    public async Task A_call_that_never_tried_on_has_no_place_to_give_back()
    {
        using var free = new SemaphoreSlim(1);
        var isFirst = true;
        await Start(() => isFirst ? throw Fail() : "answer", free, CancellationToken.None);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Start(() => throw new StoreUnavailableException("no"), free, CancellationToken.None));

        Assert.Equal(1, free.CurrentCount);

        TimeoutException Fail()
        {
            isFirst = false;
            return new TimeoutException();
        }
    }

    [Fact]
    public async Task Streams_try_on_without_a_place()
    {
        var healed = _time.GetUtcNow() + TimeSpan.FromSeconds(13);

        var answer = await Finish(Start(
            () => _time.GetUtcNow() < healed ? throw new SiloUnavailableException("no") : "answer", null, CancellationToken.None));

        Assert.Equal("answer", answer);
    }

    [Fact]
    public async Task Nothing_is_repeated_for_a_caller_who_has_left()
    {
        using var gone = new CancellationTokenSource();
        using var free = new SemaphoreSlim(1);
        var calls = 0;

        await Assert.ThrowsAsync<SiloUnavailableException>(() => Start(
            () =>
            {
                calls++;
                gone.Cancel();
                throw new SiloUnavailableException("no");
            },
            free,
            gone.Token).WaitAsync(Deadline));

        Assert.Equal(1, calls);
    }

    private async Task<string> Ask(Func<string> answer)
    {
        using var free = new SemaphoreSlim(1);
        return await Finish(Start(answer, free, CancellationToken.None));
    }

    private Task<string> Start(Func<string> answer, SemaphoreSlim? free, CancellationToken cancellationToken) =>
        Patient.Ask(answer, static async answer => answer(), free, _time, cancellationToken);

    private async Task<string> Finish(Task<string> asking)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!asking.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        return await asking;
    }
}
