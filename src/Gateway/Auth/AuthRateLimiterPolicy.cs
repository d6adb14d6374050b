using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// How often one address may try to sign in. An IPv6 subscriber has a /64 at least, so that counts as one address. The
/// exchange of a refresh token counts for its session, so that people behind one address are in nobody's way.
/// </summary>
internal sealed class AuthRateLimiterPolicy(IOptions<ClientAddressOptions> options) : IDisposable
{
    private const string PolicyName = "auth";
    private const int Ipv6PrefixBytes = 8;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly int _requests = options.Value.AuthRequestsPerMinute;

    /// <summary>By address, or by session.</summary>
    private readonly PartitionedRateLimiter<(IPAddress? Client, Guid SessionId)> _limiter =
        PartitionedRateLimiter.Create<(IPAddress? Client, Guid SessionId), (IPAddress? Client, Guid SessionId)>(
            key => RateLimitPartition.GetFixedWindowLimiter(
                key, _ => new FixedWindowRateLimiterOptions { PermitLimit = Math.Max(1, options.Value.AuthRequestsPerMinute), Window = Window }));

    /// <summary>Counts a request for its address.</summary>
    /// <returns>Why it must not go on; null when it may.</returns>
    public Problem? Take(HttpContext http) => Take((ToPartitionKey(http.Connection.RemoteIpAddress), Guid.Empty), LimitReached);

    /// <summary>Counts an exchange for the token's session; for the address when it is no token of ours.</summary>
    /// <returns>Why it must not go on; null when it may.</returns>
    public Problem? Take(RefreshToken? token, HttpContext http) =>
        token is null ? Take(http) : Take((null, token.SessionId), SessionLimitReached);

    public void Dispose() => _limiter.Dispose();

    /// <summary>Tells of the limit in every answer of the route.</summary>
    public void WritePolicy(HttpResponse response)
    {
        if (_requests > 0)
        {
            response.Headers["RateLimit-Policy"] = $"\"{PolicyName}\";q={_requests};w={(int)Window.TotalSeconds}";
        }
    }

    /// <summary>What counts as one client.</summary>
    internal static IPAddress ToPartitionKey(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6PrefixBytes).Clear();
        return new IPAddress(bytes);
    }

    internal static Problem LimitReached(int requests, TimeSpan wait) =>
        LimitReached("Too many requests from your address. Try again later.", requests, wait);

    internal static Problem SessionLimitReached(int requests, TimeSpan wait) =>
        LimitReached("Too many exchanges of this session's refresh tokens. Try again later.", requests, wait);

    private static Problem LimitReached(string detail, int requests, TimeSpan wait) =>
        new(StatusCodes.Status429TooManyRequests, detail)
        {
            RetryAfter = RateLimitPolicy.ToRetryAfterSeconds(wait),
            RateLimit = new RateLimitPolicy(PolicyName, requests, Window),
        };

    private Problem? Take((IPAddress? Client, Guid SessionId) key, Func<int, TimeSpan, Problem> reached)
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

/// <summary>Puts routes under the limit.</summary>
internal static class AuthRateLimiterExtensions
{
    /// <summary>The routes count for the address, before anything is read.</summary>
    public static TBuilder RequireAuthRateLimiting<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes
            .WithMetadata(new AuthLimitMetadata(IsBySession: false))
            .AddEndpointFilter(static (context, next) =>
            {
                Limit(context.HttpContext).WritePolicy(context.HttpContext.Response);
                return next(context);
            })
            .WithHeader(null, "RateLimit-Policy", "\"auth\";q=60;w=60").ProducesProblem(AuthRateLimiterPolicy.LimitReached(60, AuthExamples.RetryAfter));

    /// <summary>The routes below count for the session instead, when the body is read. They take a <see cref="RefreshRequest"/>.</summary>
    public static RouteGroupBuilder CountBySession(this RouteGroupBuilder routes) => routes
        .WithMetadata(new AuthLimitMetadata(IsBySession: true))
        .AddEndpointFilter(static (context, next) =>
        {
            var http = context.HttpContext;
            var body = context.Arguments.OfType<JsonBody<RefreshRequest>>().Single();
            var tokens = http.RequestServices.GetRequiredService<RefreshTokenService>();
            var token = body.Problem is null && tokens.TryRead(body.Value.RefreshToken!, out var known) ? known : null;
            return Limit(http).Take(token, http) is { } refusal ? new(refusal) : next(context);
        });

    /// <summary>Counts requests by address. Behind routing, and before the body is read.</summary>
    public static void UseAuthLimit(this WebApplication app) => app.Use(static (http, next) =>
        http.GetEndpoint()?.Metadata.GetMetadata<AuthLimitMetadata>() is { IsBySession: false } && Limit(http).Take(http) is { } refusal
            ? refusal.ExecuteAsync(http)
            : next(http));

    private static AuthRateLimiterPolicy Limit(HttpContext http) => http.RequestServices.GetRequiredService<AuthRateLimiterPolicy>();

    private sealed record AuthLimitMetadata(bool IsBySession);
}
