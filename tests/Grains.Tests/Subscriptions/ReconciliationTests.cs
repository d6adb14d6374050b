using System.Collections.Concurrent;
using System.Globalization;
using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>The search for events that did not come.</summary>
public sealed class ReconciliationTests : IAsyncLifetime
{
    private readonly GrainTestCluster _cluster = new();
    private readonly ConcurrentQueue<(DateTimeOffset Since, DateTimeOffset At)> _passes = new();

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_reconciliation_that_could_not_be_stored_is_repeated_and_then_runs_hourly()
    {
        RecordPasses(during: () => _passes.Count == 1
            ? _cluster.WriteFromAnotherActivation<ReconciliationState>(_cluster.Grains.Reconciliation(), "reconciliation")
            : Task.CompletedTask);
        await WaitForPasses(3);

        // The first one's end could not be stored.
        var (all, little) = (_passes.ToList(), TimeSpan.FromMinutes(10));
        Assert.Equal(all[1].At.AddDays(-30), all[1].Since, little);
        Assert.Equal(all[1].At.AddHours(1), all[2].At, little);
        Assert.Equal(all[1].At.AddHours(-1), all[2].Since, little);
    }

    private void RecordPasses(Func<Task> during) => _cluster.Payments.Before = (call, about) =>
    {
        if (call is not nameof(IPaymentProvider.ListUndeliveredEvents))
        {
            return Task.CompletedTask;
        }

        _passes.Enqueue((DateTimeOffset.Parse(about, CultureInfo.InvariantCulture), _cluster.Time.GetUtcNow()));
        return during();
    };

    private async Task WaitForPasses(int count)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (_passes.Count < count)
        {
            await _cluster.Grains.Reconciliation().StartIfDue();
            _cluster.Time.Advance(TimeSpan.FromMinutes(1));
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }
}
