namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// The task of a subscription that does the pending work until nothing is left. After a failure the work stays pending
/// and is retried with growing pauses.
/// </summary>
/// <param name="grain">The activation. It is kept alive while there is work.</param>
/// <param name="synchronizer">Does the work.</param>
/// <param name="executor">Runs the work one after the other with the calls of the grain.</param>
/// <param name="services">The services that subscriptions share.</param>
internal sealed partial class SubscriptionWorker(
    SubscriptionGrain grain, SubscriptionSynchronizer synchronizer, SerialExecutor executor, SubscriptionServices services) : IDisposable
{
    private const int MaxDoublings = 10;

    // Together with the round that follows, work continues within a minute after the provider is back.
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private bool _isRunning;
    private bool _isRequested;
    private int _failures;

    /// <summary>Makes sure that the pending work is being done. Safe to repeat.</summary>
    public void Wake()
    {
        _isRequested = true;
        if (!_isRunning && !_stopping.IsCancellationRequested)
        {
            _isRunning = true;
            _running = GrainTasks.RunInBackground(Run);
        }
    }

    /// <summary>Cancels the work. Completes when nothing runs any more.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    public void Dispose() => _stopping.Dispose();

    private async Task Run()
    {
        while (_isRequested && !grain.HasUnknownWrite && !_stopping.IsCancellationRequested)
        {
            _isRequested = false;
            grain.StayActive();
            await RunOnce();
        }

        _isRunning = false;
    }

    private async Task RunOnce()
    {
        try
        {
            // Without pending work, a place in the read limiter's queue would only delay other subscriptions.
            if (await synchronizer.HasPendingWork())
            {
                await services.ReadLimiter.Acquire(_stopping.Token);
                _isRequested |= await executor.Run(() => synchronizer.Synchronize(_stopping.Token));
            }

            _failures = 0;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The activation is shutting down. The work stays pending.
        }
        catch (Exception failure)
        {
            LogFailure(failure);
            _isRequested = true;
            await Task.Delay(GetBackoff(), services.Time, _stopping.Token).SuppressThrowing();
        }
    }

    private TimeSpan GetBackoff()
    {
        var doubled = services.Options.Value.FirstBackoff * (1 << Math.Min(_failures++, MaxDoublings));
        var wait = doubled < MaxBackoff ? doubled : MaxBackoff;
        return wait * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private void LogFailure(Exception failure)
    {
        switch (failure)
        {
            case PaymentProviderException { Fault: PaymentProviderFault.Unavailable } or StoreUnavailableException or StoreOutcomeUnknownException:
                Log.Unavailable(services.Logger, grain.UserId, failure.Message);
                break;
            default:
                Log.Failed(services.Logger, failure, grain.UserId);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The subscription of user {UserId} could not be synchronized; retrying: {Outage}")]
        public static partial void Unavailable(ILogger logger, Guid userId, string outage);

        [LoggerMessage(LogLevel.Error, "The subscription of user {UserId} could not be synchronized; retrying")]
        public static partial void Failed(ILogger logger, Exception exception, Guid userId);
    }
}
