using System.Threading.RateLimiting;
using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Events;

/// <summary>How many event streams one user may have open at this gateway: each is a connection for as long as it likes.</summary>
internal sealed class EventLimit : IDisposable
{
    public const int StreamsPerUser = 20;

    private readonly PartitionedRateLimiter<Guid> _open = PartitionedRateLimiter.Create<Guid, Guid>(
        user => RateLimitPartition.GetConcurrencyLimiter(user, _ => new ConcurrencyLimiterOptions { PermitLimit = StreamsPerUser }));

    public static Problem Reached { get; } = new(
        StatusCodes.Status429TooManyRequests,
        $"You have {StreamsPerUser} event streams open, as many as one may have. Close one first.")
    {
        RetryAfter = 5,
    };

    /// <summary>Takes a place until the result is disposed.</summary>
    public RateLimitLease Take(Guid userId) => _open.AttemptAcquire(userId);

    public void Dispose() => _open.Dispose();
}
