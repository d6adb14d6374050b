namespace GeminiChat.Gateway.Streams;

/// <summary>Limits the streams that one user may hold open at this gateway.</summary>
/// <remarks>The framework's partitioned limiter runs a timer ten times a second. A count needs no timer.</remarks>
/// <param name="streamsPerUser">0 for no limit.</param>
internal abstract class StreamLimiter(int streamsPerUser)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _open = [];

    public int StreamsPerUser => streamsPerUser;

    /// <summary>Acquires a lease, which is held until it is disposed; null if the limit is reached.</summary>
    public IDisposable? Acquire(Guid userId)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(userId);
            if (streamsPerUser > 0 && open >= streamsPerUser)
            {
                return null;
            }

            _open[userId] = open + 1;
        }

        return new Lease(() => Release(userId));
    }

    private void Release(Guid userId)
    {
        lock (_gate)
        {
            if (--_open[userId] == 0)
            {
                _open.Remove(userId);
            }
        }
    }

    private sealed class Lease(Action release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
