using System.Collections.Concurrent;
using System.Globalization;
using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Subscriptions;

/// <summary>The search for events that did not come.</summary>
public sealed class ReconciliationTests : IAsyncLifetime
{
    private readonly RoomCluster _cluster = new();
    private readonly ConcurrentQueue<(DateTimeOffset Since, DateTimeOffset At)> _passes = new();

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_pass_whose_end_could_not_be_stored_is_made_again_and_then_they_are_hourly_again()
    {
        Watch(during: () => _passes.Count == 1
            ? _cluster.WriteElsewhere<ReconciliationState>(_cluster.Grains.Reconciliation(), "reconciliation")
            : Task.CompletedTask);
        await UntilPasses(3);

        // The first one's end could not be stored.
        var (all, little) = (_passes.ToList(), TimeSpan.FromMinutes(10));
        Assert.Equal(all[1].At.AddDays(-30), all[1].Since, little);
        Assert.Equal(all[1].At.AddHours(1), all[2].At, little);
        Assert.Equal(all[1].At.AddHours(-1), all[2].Since, little);
    }

    private void Watch(Func<Task> during) => _cluster.Stripe.Before = (call, about) =>
    {
        if (call is not nameof(IPayments.ListUndelivered))
        {
            return Task.CompletedTask;
        }

        _passes.Enqueue((DateTimeOffset.Parse(about, CultureInfo.InvariantCulture), _cluster.Time.GetUtcNow()));
        return during();
    };

    private async Task UntilPasses(int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (_passes.Count < count)
        {
            await _cluster.Grains.Reconciliation().Poke();
            _cluster.Time.Advance(TimeSpan.FromMinutes(1));
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }
}
