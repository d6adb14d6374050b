namespace GeminiChat.Grains.Model;

/// <summary>
/// Controls the calls of the model for all rooms of a silo: how many calls run at once, and the pauses that the model
/// asks for. Thread-safe.
/// </summary>
/// <remarks>
/// A pause applies to every room. After the pause, one call runs first as a probe. The others wait until the probe has
/// got a response or failed. When the daily quota is used up, every call fails until the quota returns: at the time that
/// the model named, otherwise at midnight Pacific time.
/// </remarks>
public sealed class ModelCircuitBreaker(IOptions<ModelOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.Value.MaxConcurrent);
    private readonly Lock _lock = new();

    private DateTimeOffset _openUntil;
    private DateTimeOffset _quotaReturnsAt;
    private TaskCompletionSource? _probe;
    private bool _isHalfOpen;

    /// <summary>Waits until a call of the model may start.</summary>
    /// <param name="window">
    /// No call may start after the end of this window. A first call waits for a free place without a time limit, and then
    /// begins the window.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ModelException">
    /// <see cref="ModelFault.DailyQuota"/>, or <see cref="ModelFault.Unavailable"/> when no call may start in time.
    /// </exception>
    public async Task<Lease> Acquire(RetryWindow window, CancellationToken cancellationToken)
    {
        await AcquireSlot(window.End, cancellationToken);
        window.Begin(time.GetUtcNow());
        try
        {
            while (true)
            {
                var (wait, lease) = AcquireOrGetWait(window);
                if (lease is not null)
                {
                    return lease;
                }

                await WaitUntil(wait, window.End!.Value, cancellationToken);
            }
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task AcquireSlot(DateTimeOffset? end, CancellationToken cancellationToken)
    {
        var left = end is { } until ? GetRemaining(until) : Timeout.InfiniteTimeSpan;
        if (!await _slots.WaitAsync(left, cancellationToken))
        {
            throw CreateTimeoutFailure();
        }
    }

    private async Task WaitUntil(Task wait, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        try
        {
            await wait.WaitAsync(GetRemaining(deadline), time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw CreateTimeoutFailure();
        }
    }

    private TimeSpan GetRemaining(DateTimeOffset deadline)
    {
        var left = deadline - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static ModelException CreateTimeoutFailure() => new(ModelFault.Unavailable, "No call could start in time.");

    private (Task Wait, Lease? Lease) AcquireOrGetWait(RetryWindow window)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now < _quotaReturnsAt)
            {
                throw new ModelException(ModelFault.DailyQuota, $"The daily quota returns at {_quotaReturnsAt:u}.");
            }

            if (now < _openUntil)
            {
                return window.TryExtend(now, _openUntil)
                    ? (Task.Delay(_openUntil - now, time), null)
                    : throw new ModelException(ModelFault.Unavailable, $"The model asked to wait until {_openUntil:u}.");
            }

            if (!_isHalfOpen)
            {
                return (Task.CompletedTask, new Lease(this, isProbe: false));
            }

            if (_probe is not null)
            {
                return (_probe.Task, null);
            }

            _probe = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Task.CompletedTask, new Lease(this, isProbe: true));
        }
    }

    private void ReportFailure(bool isProbe, ModelException failure)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (failure.Fault is ModelFault.DailyQuota)
            {
                _quotaReturnsAt = failure.RetryAfter is { } wait ? now + wait : PacificTime.NextMidnight(now);
            }
            else if (failure.RetryAfter is { } pause && now + pause > _openUntil)
            {
                _openUntil = now + pause;
                _isHalfOpen = true;
            }
        }

        if (isProbe)
        {
            // A probe that fails without a new pause has shown that the pause is over.
            EndProbe(isRecovered: failure.RetryAfter is null);
        }
    }

    private void EndProbe(bool isRecovered)
    {
        TaskCompletionSource? ended;
        lock (_lock)
        {
            ended = _probe;
            _probe = null;
            _isHalfOpen &= !isRecovered || time.GetUtcNow() < _openUntil;
        }

        ended?.SetResult();
    }

    /// <summary>The permission for one call, held until it is disposed.</summary>
    public sealed class Lease : IDisposable
    {
        private readonly ModelCircuitBreaker _circuitBreaker;
        private bool _isProbe;
        private bool _isDisposed;

        internal Lease(ModelCircuitBreaker circuitBreaker, bool isProbe) => (_circuitBreaker, _isProbe) = (circuitBreaker, isProbe);

        /// <summary>Reports that the model has begun to respond.</summary>
        public void ReportSuccess()
        {
            if (_isProbe)
            {
                _circuitBreaker.EndProbe(isRecovered: true);
                _isProbe = false;
            }
        }

        /// <summary>Reports that the call has failed.</summary>
        public void ReportFailure(ModelException failure)
        {
            _circuitBreaker.ReportFailure(_isProbe, failure);
            _isProbe = false;
        }

        public void Dispose()
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            if (_isProbe)
            {
                // The probe was canceled before the model responded. The next waiting call becomes the probe.
                _circuitBreaker.EndProbe(isRecovered: false);
                _isProbe = false;
            }

            _circuitBreaker._slots.Release();
        }
    }
}
