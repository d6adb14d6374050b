namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// The one task of a subscription that does what is owed, until nothing is. A failure costs time only: the work stays
/// owed, and is tried again later and later.
/// </summary>
/// <param name="record">The subscription.</param>
/// <param name="reader">Does the work.</param>
/// <param name="serial">What the work takes turns with.</param>
/// <param name="parts">What subscriptions share.</param>
/// <param name="stayInUse">Called at each turn: calls to the provider do not count as use of the activation.</param>
internal sealed partial class SubscriptionWorker(
    SubscriptionRecord record, SubscriptionReader reader, Serial serial, SubscriptionServices parts, Action stayInUse)
    : IDisposable
{
    private const int MostDoublings = 10;

    // With the turn that follows, work goes on within a minute after the provider is back.
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;
    private bool _isRunning;
    private bool _isWanted;
    private int _failures;

    /// <summary>Makes sure that what is owed now is being done. Safe to repeat.</summary>
    public void Wake()
    {
        _isWanted = true;
        if (!_isRunning && !_ending.IsCancellationRequested)
        {
            _isRunning = true;
            var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _running = finished.Task;
            Detached.Run(() => Run(finished));
        }
    }

    /// <summary>Breaks off the work. Completes when nothing runs any more.</summary>
    public async Task End()
    {
        await _ending.CancelAsync();
        await _running;
    }

    public void Dispose() => _ending.Dispose();

    private async Task Run(TaskCompletionSource finished)
    {
        while (_isWanted && !record.IsLost && !_ending.IsCancellationRequested)
        {
            _isWanted = false;
            stayInUse();
            await Turn();
        }

        _isRunning = false;
        finished.SetResult();
    }

    private async Task Turn()
    {
        try
        {
            // Waiting in line for nothing would cost others their turns.
            if (await reader.IsOwed())
            {
                await parts.Pace.Turn(_ending.Token);
                _isWanted |= await serial.Run(() => reader.CatchUp(_ending.Token));
            }

            _failures = 0;
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The activation is leaving; the work stays owed.
        }
        catch (Exception failure)
        {
            Tell(failure);
            _isWanted = true;
            await Task.Delay(Backoff(), parts.Time, _ending.Token).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private TimeSpan Backoff()
    {
        var doubled = parts.FirstBackoff * (1 << Math.Min(_failures++, MostDoublings));
        var wait = doubled < LongestBackoff ? doubled : LongestBackoff;
        return wait * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private void Tell(Exception failure)
    {
        switch (failure)
        {
            case PaymentsException { Fault: PaymentsFault.Unavailable } or StoreUnavailableException or StoreOutcomeUnknownException:
                Log.Away(parts.Logger, record.UserId, failure.Message);
                break;
            default:
                Log.Failed(parts.Logger, failure, record.UserId);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The subscription of user {UserId} could not be brought up to date; it is tried again: {Outage}")]
        public static partial void Away(ILogger logger, Guid userId, string outage);

        [LoggerMessage(LogLevel.Error, "The subscription of user {UserId} could not be brought up to date; it is tried again")]
        public static partial void Failed(ILogger logger, Exception exception, Guid userId);
    }
}
