using GeminiChat.GrainInterfaces.Subscriptions;

namespace GeminiChat.Grains.Subscriptions;

/// <inheritdoc cref="IReconciliationGrain"/>
internal sealed partial class ReconciliationGrain(
    [PersistentState("reconciliation")] IPersistentState<ReconciliationState> state,
    IPaymentProvider payments,
    PaymentEventInbox inbox,
    TimeProvider time,
    ILogger<ReconciliationGrain> logger) : Grain, IReconciliationGrain
{
    private const int BatchSize = 50;

    // The provider keeps events for this long.
    private static readonly TimeSpan EventRetention = TimeSpan.FromDays(30);

    // The provider's list may lag behind.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    private static readonly TimeSpan PassInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan FailureRetryDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PassTimeout = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _deactivating = new();
    private DateTimeOffset _next;
    private bool _isRunning;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _deactivating.CancelAsync();

    public Task StartIfDue()
    {
        if (!_isRunning && time.GetUtcNow() >= _next)
        {
            _isRunning = true;
            _ = GrainTasks.RunInBackground(Run);
        }

        return Task.CompletedTask;
    }

    private async Task Run()
    {
        DelayDeactivation(PassTimeout);
        var began = time.GetUtcNow();
        try
        {
            var received = await RunPass(began);
            _next = began + PassInterval;
            if (received > 0)
            {
                Log.Received(logger, received);
            }
        }
        catch (PaymentProviderException failure) when (failure.Fault is PaymentProviderFault.NotConfigured)
        {
            _next = began + PassInterval;
        }
        catch (Exception failure)
        {
            _next = time.GetUtcNow() + FailureRetryDelay;
            Log.Failed(logger, failure);
        }

        _isRunning = false;
    }

    private async Task<int> RunPass(DateTimeOffset began)
    {
        using var limit = new CancellationTokenSource(PassTimeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _deactivating.Token);

        // After a write with an unknown outcome, no further write succeeds until the stored state has been read.
        await state.ReadStateAsync();
        var since = state.State.CompleteUntil is { } until && until - Overlap > began - EventRetention ? until - Overlap : began - EventRetention;
        var received = 0;
        await foreach (var batch in payments.ListUndeliveredEvents(since, ending.Token).Chunk(BatchSize))
        {
            received += (await Task.WhenAll(batch.Select(inbox.Receive))).Count(isOurs => isOurs);
        }

        state.State = new ReconciliationState { CompleteUntil = began };
        await state.WriteStateAsync();
        return received;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Received {Events} events that the payment provider could not deliver")]
        public static partial void Received(ILogger logger, int events);

        [LoggerMessage(LogLevel.Warning, "The search for undelivered events failed; retrying in a minute")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}

/// <summary>The progress of the search for missed events, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.ReconciliationState")]
internal sealed record ReconciliationState
{
    /// <summary>When the last complete pass began; null before the first.</summary>
    [Id(0)]
    public DateTimeOffset? CompleteUntil { get; init; }
}
