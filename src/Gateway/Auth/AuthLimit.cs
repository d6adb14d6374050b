using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Web;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// How often one address may try to sign in. An IPv6 subscriber has a /64 at least, so that counts as one address.
/// </summary>
internal sealed class AuthLimit(AuthCounts counts, IOptions<ClientOptions> options) : IRateLimiterPolicy<IPAddress>
{
    public const string Policy = "auth";

    private const int SubscriberBytes = 8;

    private readonly int _requests = options.Value.AuthRequestsPerMinute;

    public Func<OnRejectedContext, CancellationToken, ValueTask> OnRejected => Refuse;

    public RateLimitPartition<IPAddress> GetPartition(HttpContext httpContext)
    {
        var client = Client(httpContext.Connection.RemoteIpAddress);
        return _requests == 0
            ? RateLimitPartition.GetNoLimiter(IPAddress.None) // one for all: such a limiter is never forgotten
            : RateLimitPartition.Get(client, counts.For);
    }

    /// <summary>Tells of the limit with every answer that was not refused by it.</summary>
    internal static ValueTask<object?> Tell(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var requests = context.HttpContext.RequestServices.GetRequiredService<IOptions<ClientOptions>>().Value.AuthRequestsPerMinute;
        if (requests > 0)
        {
            context.HttpContext.Response.Headers["RateLimit-Policy"] = $"\"{Policy}\";q={requests};w={(int)AuthCounts.Window.TotalSeconds}";
        }

        return next(context);
    }

    /// <summary>What counts as one client.</summary>
    internal static IPAddress Client(IPAddress? address)
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
        bytes.AsSpan(SubscriberBytes).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>
    /// Counts an exchange of a refresh token: against its session, so that people behind one address are in nobody's way;
    /// against the address when it is no token of ours.
    /// </summary>
    /// <returns>Why it must not go on; null when it may.</returns>
    internal Problem? Refusal(RefreshToken? token, HttpContext http)
    {
        using var lease = token is null
            ? counts.Count(Client(http.Connection.RemoteIpAddress))
            : counts.Count(token.SessionId);
        return lease.IsAcquired ? null
            : token is null ? Reached(_requests, Wait(lease))
            : SessionReached(_requests, Wait(lease));
    }

    private async ValueTask Refuse(OnRejectedContext context, CancellationToken cancellationToken) =>
        await Reached(_requests, Wait(context.Lease)).ExecuteAsync(context.HttpContext);

    private static TimeSpan Wait(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : AuthCounts.Window;

    internal static Problem Reached(int requests, TimeSpan wait) =>
        Reached("Too many requests from your address. Try again later.", requests, wait);

    internal static Problem SessionReached(int requests, TimeSpan wait) =>
        Reached("Too many exchanges of this session's refresh tokens. Try again later.", requests, wait);

    private static Problem Reached(string detail, int requests, TimeSpan wait) =>
        new(StatusCodes.Status429TooManyRequests, detail)
        {
            RetryAfter = RateLimit.Seconds(wait),
            Limit = new RateLimit(Policy, requests, AuthCounts.Window),
        };
}

/// <summary>Puts routes under the limit.</summary>
internal static class AuthLimitExtensions
{
    public static TBuilder LimitedByAddress<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes
            .RequireRateLimiting(AuthLimit.Policy).AddEndpointFilter(AuthLimit.Tell)
            .Sends(null, "RateLimit-Policy", "\"auth\";q=60;w=60").Refuses(AuthLimit.Reached(60, AuthExamples.Wait));
}
