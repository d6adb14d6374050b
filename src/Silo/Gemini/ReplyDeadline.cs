using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Ends a call when its caller leaves, when the model is silent for too long, or when the whole takes too long.
/// </summary>
/// <remarks>
/// Silence ends with a whole event, not with a byte. A model that drips bytes inside short events is caught by the
/// total.
/// </remarks>
internal sealed class ReplyDeadline : IDisposable
{
    /// <summary>
    /// The longest silence after the model said that it had finished: proxies flush late, and some services say so before
    /// their last text.
    /// </summary>
    private static readonly TimeSpan FinishingIdleTimeout = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _time;
    private readonly TimeSpan _total;
    private readonly long _began;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;
    private readonly TimeSpan _idle;

    public ReplyDeadline(TimeProvider time, TimeSpan idle, TimeSpan total, CancellationToken caller)
    {
        (_time, _idle, _total, _caller) = (time, idle, total, caller);
        _began = time.GetTimestamp();
        _timer = new CancellationTokenSource(Min(idle, total), time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(caller, _timer.Token);
    }

    public CancellationToken Token => _linked.Token;

    /// <summary>Whether the model said that it had finished: only the end of the stream is waited for.</summary>
    public bool IsFinishing { get; set; }

    private TimeSpan IdleTimeout => IsFinishing ? Min(_idle, FinishingIdleTimeout) : _idle;

    private TimeSpan Remaining => _total - _time.GetElapsedTime(_began);

    /// <summary>Starts the silence anew.</summary>
    public void RestartIdleTimer()
    {
        var left = Remaining;
        _timer.CancelAfter(left > TimeSpan.Zero ? Min(IdleTimeout, left) : TimeSpan.Zero);
    }

    /// <summary>Stops the clock of silence until <see cref="RestartIdleTimer"/>.</summary>
    public void PauseIdleTimer() => _timer.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>What to throw for a call that was canceled: by the caller, by a deadline, or by the handler.</summary>
    public Exception ToException(OperationCanceledException canceled)
    {
        if (_caller.IsCancellationRequested)
        {
            return new OperationCanceledException(canceled.Message, canceled, _caller);
        }

        if (!_timer.IsCancellationRequested)
        {
            return new ModelException(ModelFault.Unavailable, "Gemini did not accept a connection in time.", inner: canceled);
        }

        return Remaining > TimeSpan.Zero
            ? new ModelException(ModelFault.Timeout, $"Gemini was silent for {IdleTimeout.TotalSeconds} s.", inner: canceled)
            : new ModelException(ModelFault.Timeout, $"Gemini took more than {_total.TotalSeconds} s.", inner: canceled);
    }

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
