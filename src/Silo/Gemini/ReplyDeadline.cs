using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Cancels a call when its caller cancels it, when the model is silent for too long, or when the response takes too long in
/// total.
/// </summary>
/// <remarks>
/// Only a complete event ends a silence, single bytes do not. The total timeout covers a model that sends many short events.
/// An event does not set the timer. It only notes when a silence ends or begins, and the timer checks this when it fires.
/// </remarks>
internal sealed class ReplyDeadline : IDisposable
{
    /// <summary>
    /// The longest silence after the model's finish reason: proxies flush late, and some services send the reason before their
    /// last text.
    /// </summary>
    private static readonly TimeSpan FinishingIdleTimeout = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _time;
    private readonly TimeSpan _idle;
    private readonly TimeSpan _total;
    private readonly long _began;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private long _waitsSince;
    private volatile bool _isWaiting = true;
    private bool _isFinishing;

    public ReplyDeadline(TimeProvider time, TimeSpan idle, TimeSpan total, CancellationToken caller)
    {
        (_time, _idle, _total, _caller) = (time, idle, total, caller);
        _began = _waitsSince = time.GetTimestamp();
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _cancellation);
        _timer = time.CreateTimer(static deadline => ((ReplyDeadline)deadline!).Check(), this, Min(idle, total), Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _cancellation.Token;

    /// <summary>Whether the model has given a finish reason, and only the end of the stream is missing.</summary>
    public bool IsFinishing
    {
        get => _isFinishing;
        set
        {
            if (value != _isFinishing)
            {
                lock (_lock)
                {
                    _isFinishing = value;
                }

                Check();
            }
        }
    }

    private TimeSpan IdleTimeout => IsFinishing ? Min(_idle, FinishingIdleTimeout) : _idle;

    private TimeSpan Remaining => _total - _time.GetElapsedTime(_began);

    /// <summary>Begins a silence: the reader waits for the model.</summary>
    public void BeginWait()
    {
        Volatile.Write(ref _waitsSince, _time.GetTimestamp());
        _isWaiting = true;
    }

    /// <summary>Ends a silence: the caller handles an event.</summary>
    public void EndWait() => _isWaiting = false;

    /// <summary>The exception for a call that was canceled by the caller, by a timeout here, or by the HTTP handler.</summary>
    public Exception ToException(OperationCanceledException canceled)
    {
        if (_caller.IsCancellationRequested)
        {
            return new OperationCanceledException(canceled.Message, canceled, _caller);
        }

        if (!_cancellation.IsCancellationRequested)
        {
            return new ModelException(ModelFault.Unavailable, "Gemini did not accept a connection in time.", inner: canceled);
        }

        return Remaining > TimeSpan.Zero
            ? new ModelException(ModelFault.Timeout, $"Gemini was silent for {IdleTimeout.TotalSeconds} s.", inner: canceled)
            : new ModelException(ModelFault.Timeout, $"Gemini took more than {_total.TotalSeconds} s.", inner: canceled);
    }

    public void Dispose()
    {
        // A tick of the timer may still run, so the source of the token is not disposed. It holds no timer.
        _registration.Dispose();
        _timer.Dispose();
    }

    /// <summary>Cancels the call if a timeout is over. Otherwise sets the timer to the earliest time when one may be.</summary>
    private void Check()
    {
        lock (_lock)
        {
            var silence = _isWaiting ? _time.GetElapsedTime(Volatile.Read(ref _waitsSince)) : TimeSpan.Zero;
            var left = Min(IdleTimeout - silence, Remaining);
            if (left > TimeSpan.Zero)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        _cancellation.Cancel();
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
