using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Silo.Dashboard;

/// <summary>
/// Requires the password (RFC 7617, with any user name), forbids caches to store the responses, and hides grain state.
/// </summary>
internal sealed class DashboardAuthFilter(DashboardPassword password) : IEndpointFilter, IDisposable
{
    /// <summary>Wrong passwords that an address may try in a minute. After them even the right one is refused.</summary>
    internal const int MaxFailedAttempts = 10;

    private const string Challenge = "Basic realm=\"GeminiChat\", charset=\"UTF-8\"";

    // This route shows the state of any grain, including accounts and password hashes.
    private const string GrainStateRoute = "/GrainState";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<IPAddress> _failedAttempts = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetFixedWindowLimiter(
            address, _ => new FixedWindowRateLimiterOptions { PermitLimit = MaxFailedAttempts, Window = Window }));

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        return Authenticate(http) is { } refusal ? ValueTask.FromResult<object?>(refusal)
            : IsGrainState(http) ? ValueTask.FromResult<object?>(TypedResults.NotFound())
            : next(context);
    }

    public void Dispose() => _failedAttempts.Dispose();

    private IResult? Authenticate(HttpContext http)
    {
        if (ReadPassword(http.Request) is not { } given)
        {
            return CreateChallenge(http);
        }

        // The limit is checked after the comparison, so parallel attempts cannot get around it.
        var isRight = password.Matches(given);
        using var lease = _failedAttempts.AttemptAcquire(http.Connection.RemoteIpAddress ?? IPAddress.None, isRight ? 0 : 1);
        if (lease.IsAcquired)
        {
            return isRight ? null : CreateChallenge(http);
        }

        http.Response.Headers.RetryAfter = $"{(int)Window.TotalSeconds}";
        return TypedResults.StatusCode(StatusCodes.Status429TooManyRequests);
    }

    private static StatusCodeHttpResult CreateChallenge(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = Challenge;
        return TypedResults.StatusCode(StatusCodes.Status401Unauthorized);
    }

    /// <summary>The password of the request; null without one.</summary>
    private static string? ReadPassword(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            || !string.Equals(header.Scheme, "Basic", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[header.Parameter?.Length ?? 0];
        return Convert.TryFromBase64String(header.Parameter ?? "", bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [_, var given]
            ? given
            : null;
    }

    private static bool IsGrainState(HttpContext http) =>
        http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } && route.EndsWith(GrainStateRoute, StringComparison.Ordinal);
}
