using System.Threading.RateLimiting;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// How many requests one user may send to this gateway, whatever they are: a token bucket that holds a minute's worth, so
/// that short bursts pass.
/// </summary>
internal sealed class UserRateLimiter(IOptions<RequestOptions> options) : IDisposable
{
    private const string PolicyName = "requests";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly int _requests = options.Value.UserRequestsPerMinute;
    private readonly PartitionedRateLimiter<Guid> _buckets = PartitionedRateLimiter.Create<Guid, Guid>(
        user => RateLimitPartition.GetTokenBucketLimiter(user, _ => CreateBucketOptions(options.Value.UserRequestsPerMinute)));

    /// <summary>Takes a token.</summary>
    /// <returns>The refusal when there is none; null when there is, or when there is no limit.</returns>
    public Problem? Acquire(Guid userId)
    {
        if (_requests == 0)
        {
            return null;
        }

        using var token = _buckets.AttemptAcquire(userId);
        return token.IsAcquired ? null
            : LimitReached(_requests, token.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window);
    }

    public void Dispose() => _buckets.Dispose();

    internal static Problem LimitReached(int requests, TimeSpan wait) => new(
        StatusCodes.Status429TooManyRequests, $"You have sent more than {requests} requests a minute. Slow down.")
    {
        RetryAfter = RateLimitPolicy.ToRetryAfterSeconds(wait),
        RateLimit = new RateLimitPolicy(PolicyName, requests, Window),
    };

    private static TokenBucketRateLimiterOptions CreateBucketOptions(int requests) => new()
    {
        TokenLimit = requests,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = Window / requests,
    };
}

/// <summary>Puts every request with a token under the limit, when it is known whose it is.</summary>
internal static class UserRateLimiterExtensions
{
    public static void UseUserRateLimiter(this WebApplication app)
    {
        var limit = app.Services.GetRequiredService<UserRateLimiter>();
        app.Use((http, next) => http.User is UserPrincipal user && limit.Acquire(user.UserId) is { } refusal
            ? refusal.ExecuteAsync(http)
            : next(http));
    }
}
