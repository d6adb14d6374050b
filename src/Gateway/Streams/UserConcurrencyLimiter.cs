namespace GeminiChat.Gateway.Streams;

/// <summary>Limits what one user does at the same time at this gateway, such as open streams.</summary>
/// <remarks>The framework's partitioned limiter runs a timer ten times a second. A count needs no timer.</remarks>
/// <param name="maxPerUser">0 for no limit.</param>
internal abstract class UserConcurrencyLimiter(int maxPerUser)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _open = [];

    public int MaxPerUser => maxPerUser;

    /// <summary>Acquires a lease, which is held until it is disposed; null if the limit is reached.</summary>
    public IDisposable? Acquire(Guid userId)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(userId);
            if (maxPerUser > 0 && open >= maxPerUser)
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
