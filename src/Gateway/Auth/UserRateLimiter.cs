using System.Threading.RateLimiting;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Limits all requests of one user to this gateway. The token bucket holds the tokens of a minute, so short bursts are allowed.
/// </summary>
internal sealed class UserRateLimiter(IOptions<RequestOptions> options) : IDisposable
{
    private const string PolicyName = "requests";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly int _requests = options.Value.UserRequestsPerMinute;
    private readonly PartitionedRateLimiter<Guid> _buckets = PartitionedRateLimiter.Create<Guid, Guid>(
        user => RateLimitPartition.GetTokenBucketLimiter(user, _ => CreateBucketOptions(options.Value.UserRequestsPerMinute)));

    /// <summary>Null if the request is allowed.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="count">As how many requests it counts.</param>
    public Problem? Acquire(Guid userId, int count = 1)
    {
        if (_requests == 0)
        {
            return null;
        }

        using var token = _buckets.AttemptAcquire(userId, Math.Min(count, _requests));
        return token.IsAcquired ? null
            : LimitReached(_requests, token.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window);
    }

    public void Dispose() => _buckets.Dispose();

    internal static Problem LimitReached(int requests, TimeSpan wait) => new(
        StatusCodes.Status429TooManyRequests,
        $"You have sent more than {requests} requests a minute. Slow down.",
        RateLimitPolicy.ToRetryAfterSeconds(wait))
    {
        Type = ProblemTypes.RequestRate,
        RateLimit = new RateLimitPolicy(PolicyName, requests, Window),
    };

    private static TokenBucketRateLimiterOptions CreateBucketOptions(int requests) => new()
    {
        TokenLimit = requests,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = Window / requests,
    };
}

/// <summary>Limits every request with a valid token. It must come after authentication.</summary>
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
