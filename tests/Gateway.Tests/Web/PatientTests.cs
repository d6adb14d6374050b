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

    private async Task<string> Ask(Func<string> answer)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var asking = Patient.Ask(answer, static async answer => answer(), _time);
        while (!asking.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        return await asking;
    }
}
