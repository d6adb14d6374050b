using GeminiChat.GrainInterfaces.Subscriptions;

namespace GeminiChat.Grains.Subscriptions;

/// <inheritdoc cref="IReconciliationGrain"/>
internal sealed partial class ReconciliationGrain(
    [PersistentState("reconciliation")] IPersistentState<ReconciliationState> state,
    IPayments payments,
    EventIntake intake,
    TimeProvider time,
    ILogger<ReconciliationGrain> logger) : Grain, IReconciliationGrain
{
    private const int AtOnce = 50;

    // What the provider keeps.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    // The provider's list may lag behind.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    private static readonly TimeSpan BetweenPasses = TimeSpan.FromHours(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPass = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _ending = new();
    private DateTimeOffset _next;
    private bool _isRunning;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _ending.CancelAsync();

    public Task Poke()
    {
        if (!_isRunning && time.GetUtcNow() >= _next)
        {
            _isRunning = true;
            Detached.Run(Run);
        }

        return Task.CompletedTask;
    }

    private async Task Run()
    {
        DelayDeactivation(LongestPass);
        var began = time.GetUtcNow();
        try
        {
            var taken = await Pass(began);
            _next = began + BetweenPasses;
            if (taken > 0)
            {
                Log.Taken(logger, taken);
            }
        }
        catch (PaymentsException off) when (off.Fault is PaymentsFault.NotConfigured)
        {
            _next = began + BetweenPasses;
        }
        catch (Exception failure)
        {
            _next = time.GetUtcNow() + AfterFailure;
            Log.Failed(logger, failure);
        }

        _isRunning = false;
    }

    private async Task<int> Pass(DateTimeOffset began)
    {
        using var limit = new CancellationTokenSource(LongestPass, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ending.Token);

        // After a write of unknown outcome none would count before what is stored has been read.
        await state.ReadStateAsync();
        var since = state.State.CompleteUntil is { } until && until - Overlap > began - Longest ? until - Overlap : began - Longest;
        var taken = 0;
        var batch = new List<Task<bool>>(AtOnce);
        await foreach (var happened in payments.ListUndelivered(since, ending.Token))
        {
            batch.Add(intake.Take(happened));
            if (batch.Count == AtOnce)
            {
                taken += await Count(batch);
            }
        }

        taken += await Count(batch);
        state.State = new ReconciliationState { CompleteUntil = began };
        await state.WriteStateAsync();
        return taken;
    }

    private static async Task<int> Count(List<Task<bool>> batch)
    {
        var taken = await Task.WhenAll(batch);
        batch.Clear();
        return taken.Count(isTaken => isTaken);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Took {Events} events from the payment provider's list of those not delivered")]
        public static partial void Taken(ILogger logger, int events);

        [LoggerMessage(LogLevel.Warning, "Events that were not delivered could not be looked for; trying again in a minute")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}

/// <summary>How far the search for missed events has come, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.ReconciliationState")]
internal sealed record ReconciliationState
{
    /// <summary>When the last complete pass began; null before the first.</summary>
    [Id(0)]
    public DateTimeOffset? CompleteUntil { get; init; }
}
