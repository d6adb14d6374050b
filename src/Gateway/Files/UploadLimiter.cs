using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Files;

/// <summary>Limits the uploads of one user, and of all users, at this gateway.</summary>
internal sealed class UploadLimiter() : UserConcurrencyLimiter(MaxUploadsPerUser)
{
    public const int MaxUploadsPerUser = 3;
    public const int MaxUploads = 20;

    private int _running;

    /// <summary>Acquires a lease, which is held until it is disposed.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="refusal">The answer if a limit is reached.</param>
    public IDisposable? Acquire(Guid userId, out Problem? refusal)
    {
        refusal = null;
        if (Acquire(userId) is not { } lease)
        {
            refusal = FileProblems.TooManyUploadsOfUser;
            return null;
        }

        if (Interlocked.Increment(ref _running) > MaxUploads)
        {
            Interlocked.Decrement(ref _running);
            lease.Dispose();
            refusal = FileProblems.TooManyUploads;
            return null;
        }

        return new Upload(this, lease);
    }

    private sealed class Upload(UploadLimiter limiter, IDisposable lease) : IDisposable
    {
        private IDisposable? _lease = lease;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _lease, null) is { } held)
            {
                Interlocked.Decrement(ref limiter._running);
                held.Dispose();
            }
        }
    }
}

/// <summary>
/// How long an upload may take: after <see cref="GracePeriod"/> at least <see cref="MinBytesPerSecond"/> on average, and
/// <see cref="MaxDuration"/> in all. A process that is shutting down ends its uploads.
/// </summary>
internal sealed class UploadDeadline : IDisposable
{
    public const int MinBytesPerSecond = 8 * 1024;

    public static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly CancellationTokenSource _tooSlow;
    private readonly CancellationTokenSource _any;
    private long _bytes;

    public UploadDeadline(TimeProvider time, CancellationToken shutdown, CancellationToken aborted)
    {
        (_time, _startedAt) = (time, time.GetTimestamp());
        _tooSlow = new CancellationTokenSource(GracePeriod, time);
        _any = CancellationTokenSource.CreateLinkedTokenSource(_tooSlow.Token, shutdown, aborted);
    }

    /// <summary>Ends the upload.</summary>
    public CancellationToken Token => _any.Token;

    public bool IsTooSlow => _tooSlow.IsCancellationRequested;

    /// <summary>Bytes have arrived, so the next ones may come later.</summary>
    public void Advance(int bytes)
    {
        _bytes += bytes;
        var allowed = GracePeriod + TimeSpan.FromSeconds((double)_bytes / MinBytesPerSecond);
        var left = (allowed < MaxDuration ? allowed : MaxDuration) - _time.GetElapsedTime(_startedAt);
        _tooSlow.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    public void Dispose()
    {
        _any.Dispose();
        _tooSlow.Dispose();
    }
}
