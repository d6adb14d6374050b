using System.Threading.RateLimiting;

namespace GeminiChat.Gateway.Auth;

/// <summary>Limits the requests of one API key to this gateway.</summary>
internal sealed class ApiKeyRateLimiter : IDisposable
{
    public const int RequestsPerMinute = 600;

    public static readonly RateLimitPolicy Policy = new("api-key", RequestsPerMinute, TimeSpan.FromMinutes(1));

    private readonly PartitionedRateLimiter<Guid> _limiter = PartitionedRateLimiter.Create<Guid, Guid>(
        key => RateLimitPartition.GetFixedWindowLimiter(
            key, _ => new FixedWindowRateLimiterOptions { PermitLimit = RequestsPerMinute, Window = Policy.Window }));

    /// <summary>Counts a request, and writes what is left into the headers of its answer.</summary>
    /// <returns>Null if the request is allowed.</returns>
    public Problem? Acquire(Guid keyId, HttpResponse response)
    {
        using var lease = _limiter.AttemptAcquire(keyId);
        if (!lease.IsAcquired)
        {
            return LimitReached(lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Policy.Window);
        }

        Policy.WriteHeaders(response, _limiter.GetStatistics(keyId)?.CurrentAvailablePermits ?? 0, reset: null);
        return null;
    }

    public void Dispose() => _limiter.Dispose();

    internal static Problem LimitReached(TimeSpan wait) => new(
        StatusCodes.Status429TooManyRequests,
        $"This API key has sent more than {RequestsPerMinute} requests a minute. Slow down.",
        RateLimitPolicy.ToRetryAfterSeconds(wait))
    {
        Type = ProblemTypes.RequestRate,
        RateLimit = Policy,
    };
}
