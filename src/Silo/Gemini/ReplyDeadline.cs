using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Cancels a call when its caller cancels it, when the model is silent for too long, or when the response takes too long in
/// total.
/// </summary>
/// <remarks>
/// Only a complete event ends a silence, single bytes do not. The total timeout covers a model that sends many short events.
/// </remarks>
internal sealed class ReplyDeadline : IDisposable
{
    /// <summary>
    /// The longest silence after the model's finish reason: proxies flush late, and some services send the reason before their
    /// last text.
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

    /// <summary>Whether the model has given a finish reason, and only the end of the stream is missing.</summary>
    public bool IsFinishing { get; set; }

    private TimeSpan IdleTimeout => IsFinishing ? Min(_idle, FinishingIdleTimeout) : _idle;

    private TimeSpan Remaining => _total - _time.GetElapsedTime(_began);

    public void RestartIdleTimer()
    {
        var left = Remaining;
        _timer.CancelAfter(left > TimeSpan.Zero ? Min(IdleTimeout, left) : TimeSpan.Zero);
    }

    /// <summary>Stops the idle timer until <see cref="RestartIdleTimer"/>.</summary>
    public void PauseIdleTimer() => _timer.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>The exception for a call that was canceled by the caller, by a timeout here, or by the HTTP handler.</summary>
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
