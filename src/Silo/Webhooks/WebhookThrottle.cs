namespace GeminiChat.Silo.Webhooks;

/// <summary>
/// How many requests a receiver may get at once. One that fails again and again gets a single request after each pause, so that
/// its outage costs neither it nor this process much, and is over soon after it is back.
/// </summary>
internal sealed class WebhookThrottle(TimeProvider time)
{
    public const int MaxParallelism = 16;

    /// <summary>After so many failures without a success, there are pauses.</summary>
    public const int MaxFailures = 5;

    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxRequestedPause = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private int _failures;
    private bool _mayHaveWaiting = true;
    private TimeSpan _pause;
    private DateTimeOffset _pausedUntil;

    /// <summary>How many requests may run now.</summary>
    public int Capacity
    {
        get
        {
            lock (_lock)
            {
                return time.GetUtcNow() < _pausedUntil ? 0 : _failures < MaxFailures ? MaxParallelism : 1;
            }
        }
    }

    /// <summary>Whether events may wait for a later attempt because of an outage, perhaps one from before the start of this process.</summary>
    public bool MayHaveWaiting
    {
        get
        {
            lock (_lock)
            {
                return _mayHaveWaiting;
            }
        }
    }

    /// <summary>Records that no event waits because of an outage any more.</summary>
    public void RecordNoneWaiting()
    {
        lock (_lock)
        {
            _mayHaveWaiting = false;
        }
    }

    /// <summary>Records a success. Returns whether it ended an outage.</summary>
    public bool RecordSuccess()
    {
        lock (_lock)
        {
            var isBack = _failures >= MaxFailures;
            (_failures, _pause) = (0, TimeSpan.Zero);
            return isBack;
        }
    }

    /// <summary>Records a failure.</summary>
    /// <param name="retryAfter">The pause that the receiver asks for.</param>
    public void RecordFailure(TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            _failures++;
            _mayHaveWaiting |= _failures >= MaxFailures;

            // Requests that run in parallel fail together. They make one pause.
            if (_failures >= MaxFailures && time.GetUtcNow() >= _pausedUntil)
            {
                var next = _pause * 2;
                _pause = next < MinPause ? MinPause : next > MaxPause ? MaxPause : next;
                PauseFor(_pause);
            }

            if (retryAfter is { } requested)
            {
                PauseFor(requested < MaxRequestedPause ? requested : MaxRequestedPause);
            }
        }
    }

    /// <summary>Pauses because of a fault of this service.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            PauseFor(MinPause);
        }
    }

    private void PauseFor(TimeSpan pause)
    {
        var until = time.GetUtcNow() + pause;
        _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
    }
}
