using System.Threading.RateLimiting;

namespace GeminiChat.Gateway.Streams;

/// <summary>How many streams one user may have open at this gateway: each is a connection for as long as it likes.</summary>
/// <param name="streamsPerUser">The most; 0 for no limit.</param>
internal abstract class StreamLimit(int streamsPerUser) : IDisposable
{
    private readonly PartitionedRateLimiter<Guid> _open = PartitionedRateLimiter.Create<Guid, Guid>(
        user => streamsPerUser == 0
            ? RateLimitPartition.GetNoLimiter(Guid.Empty)
            : RateLimitPartition.GetConcurrencyLimiter(user, _ => new ConcurrencyLimiterOptions { PermitLimit = streamsPerUser }));

    public int StreamsPerUser => streamsPerUser;

    /// <summary>Takes a place until the result is disposed.</summary>
    public RateLimitLease Take(Guid userId) => _open.AttemptAcquire(userId);

    public void Dispose() => _open.Dispose();
}
