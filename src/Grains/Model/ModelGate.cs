namespace GeminiChat.Grains.Model;

/// <summary>
/// What all rooms of a silo share in calling the model: how many calls run at once, and the pauses that the model asks
/// for. Thread-safe.
/// </summary>
/// <remarks>
/// A pause holds for every room. When it is over, one call goes first: the others wait until it has brought an answer
/// or failed. A quota that is used up fails every call until it returns: when the model said, else at midnight Pacific time.
/// </remarks>
public sealed class ModelGate(IOptions<ModelOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.Value.MaxConcurrent);
    private readonly Lock _lock = new();

    private DateTimeOffset _closedUntil;
    private DateTimeOffset _quotaReturnsAt;
    private TaskCompletionSource? _probe;
    private bool _needsProbe;

    /// <summary>Waits for its turn to call the model.</summary>
    /// <param name="window">
    /// No call may start after its end. A first call waits for a place as long as it takes, and begins it then.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ModelException">
    /// <see cref="ModelFault.DailyQuota"/>, or <see cref="ModelFault.Unavailable"/> when no call may start in time.
    /// </exception>
    public async Task<Pass> Enter(RetryWindow window, CancellationToken cancellationToken)
    {
        await TakePlace(window.End, cancellationToken);
        window.Begin(time.GetUtcNow());
        try
        {
            while (true)
            {
                var (wait, pass) = TryPass(window);
                if (pass is not null)
                {
                    return pass;
                }

                await InTime(wait, window.End!.Value, cancellationToken);
            }
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task TakePlace(DateTimeOffset? end, CancellationToken cancellationToken)
    {
        var left = end is { } until ? Left(until) : Timeout.InfiniteTimeSpan;
        if (!await _slots.WaitAsync(left, cancellationToken))
        {
            throw TooLate();
        }
    }

    private async Task InTime(Task wait, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        try
        {
            await wait.WaitAsync(Left(deadline), time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw TooLate();
        }
    }

    private TimeSpan Left(DateTimeOffset deadline)
    {
        var left = deadline - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static ModelException TooLate() => new(ModelFault.Unavailable, "No call could start in time.");

    private (Task Wait, Pass? Pass) TryPass(RetryWindow window)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now < _quotaReturnsAt)
            {
                throw new ModelException(ModelFault.DailyQuota, $"The daily quota returns at {_quotaReturnsAt:u}.");
            }

            if (now < _closedUntil)
            {
                return window.TryOutlast(now, _closedUntil)
                    ? (Task.Delay(_closedUntil - now, time), null)
                    : throw new ModelException(ModelFault.Unavailable, $"The model asked to wait until {_closedUntil:u}.");
            }

            if (!_needsProbe)
            {
                return (Task.CompletedTask, new Pass(this, isProbe: false));
            }

            if (_probe is not null)
            {
                return (_probe.Task, null);
            }

            _probe = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Task.CompletedTask, new Pass(this, isProbe: true));
        }
    }

    private void Succeeded(bool isProbe)
    {
        if (isProbe)
        {
            EndProbe(isOpen: true);
        }
    }

    private void Failed(bool isProbe, ModelException failure)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (failure.Fault is ModelFault.DailyQuota)
            {
                _quotaReturnsAt = failure.RetryAfter is { } wait ? now + wait : PacificTime.NextMidnight(now);
            }
            else if (failure.RetryAfter is { } pause && now + pause > _closedUntil)
            {
                _closedUntil = now + pause;
                _needsProbe = true;
            }
        }

        if (isProbe)
        {
            // A probe that fails without a new pause has shown that the pause is over.
            EndProbe(isOpen: failure.RetryAfter is null);
        }
    }

    private void EndProbe(bool isOpen)
    {
        TaskCompletionSource? ended;
        lock (_lock)
        {
            ended = _probe;
            _probe = null;
            _needsProbe &= !isOpen || time.GetUtcNow() < _closedUntil;
        }

        ended?.SetResult();
    }

    /// <summary>The right to one call, held until it is disposed.</summary>
    public sealed class Pass : IDisposable
    {
        private readonly ModelGate _gate;
        private bool _isProbe;
        private bool _isOver;

        internal Pass(ModelGate gate, bool isProbe) => (_gate, _isProbe) = (gate, isProbe);

        /// <summary>The model has begun to answer.</summary>
        public void Succeeded()
        {
            _gate.Succeeded(_isProbe);
            _isProbe = false;
        }

        /// <summary>The call has failed.</summary>
        public void Failed(ModelException failure)
        {
            _gate.Failed(_isProbe, failure);
            _isProbe = false;
        }

        public void Dispose()
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            if (_isProbe)
            {
                // Given up before the model said anything: the next one in line is the probe.
                _gate.EndProbe(isOpen: false);
                _isProbe = false;
            }

            _gate._slots.Release();
        }
    }
}
