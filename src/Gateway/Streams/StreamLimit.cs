using System.Threading.RateLimiting;

namespace GeminiChat.Gateway.Streams;

/// <summary>How many streams one user may have open at this gateway: each is a connection for as long as it likes.</summary>
/// <param name="streamsPerUser">The most.</param>
internal abstract class StreamLimit(int streamsPerUser) : IDisposable
{
    private readonly PartitionedRateLimiter<Guid> _open = PartitionedRateLimiter.Create<Guid, Guid>(
        user => RateLimitPartition.GetConcurrencyLimiter(user, _ => new ConcurrencyLimiterOptions { PermitLimit = streamsPerUser }));

    /// <summary>Takes a place until the result is disposed.</summary>
    public RateLimitLease Take(Guid userId) => _open.AttemptAcquire(userId);

    public void Dispose() => _open.Dispose();
}
