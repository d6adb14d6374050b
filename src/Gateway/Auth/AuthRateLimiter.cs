using System.Net;
using System.Threading.RateLimiting;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Limits the requests to sign in of one address. An IPv6 subscriber has at least a /64, so a /64 counts as one address. The
/// exchange of a refresh token counts for its session, so people behind one address do not share that limit.
/// </summary>
internal sealed class AuthRateLimiter(IOptions<ClientAddressOptions> options) : IDisposable
{
    private const string PolicyName = "auth";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly int _requests = options.Value.AuthRequestsPerMinute;

    private readonly PartitionedRateLimiter<(IPAddress? Client, Guid SessionId)> _limiter =
        PartitionedRateLimiter.Create<(IPAddress? Client, Guid SessionId), (IPAddress? Client, Guid SessionId)>(
            key => RateLimitPartition.GetFixedWindowLimiter(
                key, _ => new FixedWindowRateLimiterOptions { PermitLimit = Math.Max(1, options.Value.AuthRequestsPerMinute), Window = Window }));

    /// <summary>Counts a request for its address.</summary>
    /// <returns>Null if the request is allowed.</returns>
    public Problem? Acquire(HttpContext http) => Acquire((ToPartitionKey(http.Connection.RemoteIpAddress), Guid.Empty), LimitReached);

    /// <summary>Counts an exchange for the session of the token; without a valid token, for the address.</summary>
    /// <returns>Null if the request is allowed.</returns>
    public Problem? Acquire(RefreshToken? token, HttpContext http) =>
        token is null ? Acquire(http) : Acquire((null, token.SessionId), SessionLimitReached);

    public void Dispose() => _limiter.Dispose();

    public void WritePolicy(HttpResponse response)
    {
        if (_requests > 0)
        {
            response.Headers["RateLimit-Policy"] = $"\"{PolicyName}\";q={_requests};w={(int)Window.TotalSeconds}";
        }
    }

    internal static IPAddress ToPartitionKey(IPAddress? address) => ClientNetwork.Of(address, ipv4Bits: 32, ipv6Bits: 64).BaseAddress;

    internal static Problem LimitReached(int requests, TimeSpan wait) =>
        LimitReached("Too many requests from your address. Try again later.", requests, wait);

    internal static Problem SessionLimitReached(int requests, TimeSpan wait) =>
        LimitReached("Too many exchanges of this session's refresh tokens. Try again later.", requests, wait);

    private static Problem LimitReached(string detail, int requests, TimeSpan wait) =>
        new(StatusCodes.Status429TooManyRequests, detail, RateLimitPolicy.ToRetryAfterSeconds(wait))
        {
            RateLimit = new RateLimitPolicy(PolicyName, requests, Window),
        };

    private Problem? Acquire((IPAddress? Client, Guid SessionId) key, Func<int, TimeSpan, Problem> reached)
    {
        if (_requests == 0)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(key);
        return lease.IsAcquired ? null
            : reached(_requests, lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window);
    }
}

internal static class AuthRateLimiterExtensions
{
    /// <summary>The requests count for their address, before the body is read.</summary>
    public static TBuilder RequireAuthRateLimiting<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes
            .WithMetadata(new AuthLimitMetadata(IsBySession: false))
            .AddEndpointFilter(static (context, next) =>
            {
                Limit(context.HttpContext).WritePolicy(context.HttpContext.Response);
                return next(context);
            })
            .WithHeader(null, "RateLimit-Policy", "\"auth\";q=60;w=60").ProducesProblem(AuthRateLimiter.LimitReached(60, AuthExamples.RetryAfter));

    /// <summary>Requests count for their session, after the body is read. It must be a <see cref="RefreshRequest"/>.</summary>
    public static RouteGroupBuilder CountBySession(this RouteGroupBuilder routes) => routes
        .WithMetadata(new AuthLimitMetadata(IsBySession: true))
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
        http.GetEndpoint()?.Metadata.GetMetadata<AuthLimitMetadata>() is { IsBySession: false } && Limit(http).Acquire(http) is { } refusal
            ? refusal.ExecuteAsync(http)
            : next(http));

    private static AuthRateLimiter Limit(HttpContext http) => http.RequestServices.GetRequiredService<AuthRateLimiter>();

    private sealed record AuthLimitMetadata(bool IsBySession);
}
