using System.Net;
using System.Threading.RateLimiting;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Limits the requests of one address to sign in, and to read shares. An IPv6 subscriber has at least a /64, so a /64 counts as
/// one address. The exchange of a refresh token counts for its session, so people behind one address do not share that limit.
/// </summary>
internal sealed class AuthRateLimiter(IOptions<ClientAddressOptions> options) : IDisposable
{
    /// <summary>The requests to sign in.</summary>
    public const string AuthPolicy = "auth";

    /// <summary>The reads of shares. They are counted apart, so that they never keep anybody from signing in.</summary>
    public const string SharesPolicy = "shares";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly int _requests = options.Value.AuthRequestsPerMinute;

    private readonly PartitionedRateLimiter<PartitionKey> _limiter =
        PartitionedRateLimiter.Create<PartitionKey, PartitionKey>(
            key => RateLimitPartition.GetFixedWindowLimiter(
                key, _ => new FixedWindowRateLimiterOptions { PermitLimit = Math.Max(1, options.Value.AuthRequestsPerMinute), Window = Window }));

    /// <summary>Counts a request for its address.</summary>
    /// <returns>Null if the request is allowed.</returns>
    public Problem? Acquire(HttpContext http, string policy = AuthPolicy) => Acquire(
        new PartitionKey(policy, ToPartitionKey(http.Connection.RemoteIpAddress), Guid.Empty),
        (requests, wait) => LimitReached(requests, wait, policy));

    /// <summary>Counts an exchange for the session of the token; without a valid token, for the address.</summary>
    /// <returns>Null if the request is allowed.</returns>
    public Problem? Acquire(RefreshToken? token, HttpContext http) =>
        token is null ? Acquire(http) : Acquire(new PartitionKey(AuthPolicy, Client: null, token.SessionId), SessionLimitReached);

    /// <summary>The refusal of an address that has no requests left; null if it has. Counts nothing.</summary>
    public Problem? FindExhausted(HttpContext http) => Acquire(
        new PartitionKey(AuthPolicy, ToPartitionKey(http.Connection.RemoteIpAddress), Guid.Empty),
        (requests, wait) => LimitReached(requests, wait),
        permits: 0);

    public void Dispose() => _limiter.Dispose();

    public void WritePolicy(HttpResponse response, string policy)
    {
        if (_requests > 0)
        {
            response.Headers["RateLimit-Policy"] = $"\"{policy}\";q={_requests};w={(int)Window.TotalSeconds}";
        }
    }

    internal static IPAddress ToPartitionKey(IPAddress? address) => ClientNetwork.Of(address, ipv4Bits: 32, ipv6Bits: 64).BaseAddress;

    internal static Problem LimitReached(int requests, TimeSpan wait, string policy = AuthPolicy) =>
        LimitReached("Too many requests from your address. Try again later.", requests, wait, policy);

    internal static Problem SessionLimitReached(int requests, TimeSpan wait) =>
        LimitReached("Too many exchanges of this session's refresh tokens. Try again later.", requests, wait, AuthPolicy);

    private static Problem LimitReached(string detail, int requests, TimeSpan wait, string policy) =>
        new(StatusCodes.Status429TooManyRequests, detail, RateLimitPolicy.ToRetryAfterSeconds(wait))
        {
            Type = ProblemTypes.RequestRate,
            RateLimit = new RateLimitPolicy(policy, requests, Window),
        };

    private Problem? Acquire(PartitionKey key, Func<int, TimeSpan, Problem> reached, int permits = 1)
    {
        if (_requests == 0)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(key, permits);
        return lease.IsAcquired ? null
            : reached(_requests, lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window);
    }

    private readonly record struct PartitionKey(string Policy, IPAddress? Client, Guid SessionId);
}

internal static class AuthRateLimiterExtensions
{
    /// <summary>The requests count for their address, before the body is read.</summary>
    public static TBuilder RequireAuthRateLimiting<TBuilder>(this TBuilder routes, string policy = AuthRateLimiter.AuthPolicy)
        where TBuilder : IEndpointConventionBuilder => routes
            .WithMetadata(new AuthLimitMetadata(policy, IsBySession: false))
            .AddEndpointFilter((context, next) =>
            {
                Limit(context.HttpContext).WritePolicy(context.HttpContext.Response, policy);
                return next(context);
            })
            .WithHeader(null, "RateLimit-Policy", $"\"{policy}\";q=60;w=60")
            .ProducesProblem(AuthRateLimiter.LimitReached(60, AuthExamples.RetryAfter, policy));

    /// <summary>Requests count for their session, after the body is read. It must be a <see cref="RefreshRequest"/>.</summary>
    public static RouteGroupBuilder CountBySession(this RouteGroupBuilder routes) => routes
        .WithMetadata(new AuthLimitMetadata(AuthRateLimiter.AuthPolicy, IsBySession: true))
        .AddEndpointFilter(static (context, next) =>
        {
            var http = context.HttpContext;
            var body = context.Arguments.OfType<JsonBody<RefreshRequest>>().Single();
            var tokens = http.RequestServices.GetRequiredService<RefreshTokenService>();
            var token = body.Problem is null && tokens.TryRead(body.Value.RefreshToken!, out var known) ? known : null;
            return Limit(http).Acquire(token, http) is { } refusal ? new(refusal) : next(context);
        });

    /// <summary>Counts requests by address. It must come after routing.</summary>
    public static void UseAuthLimit(this WebApplication app) => app.Use(static (http, next) =>
        http.GetEndpoint()?.Metadata.GetMetadata<AuthLimitMetadata>() is { IsBySession: false, Policy: var policy }
        && Limit(http).Acquire(http, policy) is { } refusal
            ? refusal.ExecuteAsync(http)
            : next(http));

    private static AuthRateLimiter Limit(HttpContext http) => http.RequestServices.GetRequiredService<AuthRateLimiter>();

    private sealed record AuthLimitMetadata(string Policy, bool IsBySession);
}
