using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// The probes. Whatever must answer before traffic is welcome registers an <see cref="IHealthCheck"/> with the tag
/// <see cref="ReadyTag"/>.
/// </summary>
internal static class HealthEndpoints
{
    public const string ReadyTag = "ready";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", Live).Says("isLive", "Whether the process runs").Gives(new HealthResponse("live"));
        health.MapGet("/ready", Ready).Says("isReady", "Whether requests will be served").Gives(new HealthResponse("ready"))
            .Refuses(Problems.Unavailable, Problems.Starting, Problems.Leaving);
    }

    private static IResult Live() => TypedResults.Ok(new HealthResponse("live"));

    private static async Task<IResult> Ready(HealthCheckService checks, IHostApplicationLifetime lifetime, HttpContext http)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Problems.Leaving;
        }

        if (!lifetime.ApplicationStarted.IsCancellationRequested)
        {
            return Problems.Starting;
        }

        return await IsWell(checks, http.RequestAborted) ? TypedResults.Ok(new HealthResponse("ready")) : Problems.Unavailable;
    }

    private static async Task<bool> IsWell(HealthCheckService checks, CancellationToken aborted)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        deadline.CancelAfter(Patience);
        try
        {
            var report = await checks.CheckHealthAsync(check => check.Tags.Contains(ReadyTag), deadline.Token);
            return report.Status is not HealthStatus.Unhealthy;
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>A probe's answer.</summary>
internal sealed record HealthResponse(string Status);
