using System.Threading.RateLimiting;

namespace GeminiChat.Gateway.Streams;

/// <summary>How many streams one user may have open at this gateway: each is a connection for as long as it likes.</summary>
/// <remarks>The framework's limiter by key has a timer of its own, ten times a second. A count needs none.</remarks>
/// <param name="streamsPerUser">The most; 0 for no limit.</param>
internal abstract class StreamLimiter(int streamsPerUser)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _limiter = [];

    public int StreamsPerUser => streamsPerUser;

    /// <summary>Takes a place until the result is disposed.</summary>
    public RateLimitLease Acquire(Guid userId)
    {
        lock (_gate)
        {
            var open = _limiter.GetValueOrDefault(userId);
            if (streamsPerUser > 0 && open >= streamsPerUser)
            {
                return new Place(null);
            }

            _limiter[userId] = open + 1;
        }

        return new Place(() => Release(userId));
    }

    private void Release(Guid userId)
    {
        lock (_gate)
        {
            if (--_limiter[userId] == 0)
            {
                _limiter.Remove(userId);
            }
        }
    }

    private sealed class Place(Action? release) : RateLimitLease
    {
        private Action? _release = release;

        public override bool IsAcquired { get; } = release is not null;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }

        protected override void Dispose(bool disposing) => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
