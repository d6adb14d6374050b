using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using GeminiChat.ServiceDefaults.Startup;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.Gateway.Health;

/// <summary>
/// The probes. A service that must work before the process can take requests registers an <see cref="IHealthCheck"/> with
/// the tag <see cref="HealthTags.Ready"/>.
/// </summary>
internal static class HealthEndpoints
{
    public const string LivePath = "/health/live";
    public const string ReadyPath = "/health/ready";

    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(2);

    private static readonly SerializedJsonResult LiveResult = CreateResult("live");
    private static readonly SerializedJsonResult ReadyResult = CreateResult("ready");

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("").WithTags("Health");
        health.MapGet(LivePath, Live).WithName("isLive").WithSummary("Whether the process runs")
            .WithDescription("It answers as long as the process can answer at all.")
            .Produces(new HealthResponse("live"));
        health.MapGet(ReadyPath, Ready).WithName("isReady").WithSummary("Whether requests will be served")
            .WithDescription("503 while the server starts, stops, or cannot reach its cluster or its database.")
            .Produces(new HealthResponse("ready"))
            .ProducesProblem(Problems.Unavailable, Problems.Starting, Problems.Stopping);
    }

    public static IResult Live() => LiveResult;

    public static async Task<IResult> Ready(HealthCheckService checks, IHostApplicationLifetime lifetime, HttpContext http)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Problems.Stopping;
        }

        if (!lifetime.ApplicationStarted.IsCancellationRequested)
        {
            return Problems.Starting;
        }

        return await IsHealthy(checks, http.RequestAborted) ? ReadyResult : Problems.Unavailable;
    }

    private static SerializedJsonResult CreateResult(string status) =>
        new(new SerializedJson(JsonSerializer.SerializeToUtf8Bytes(new HealthResponse(status), Json.Context.HealthResponse)));

    private static async Task<bool> IsHealthy(HealthCheckService checks, CancellationToken aborted)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        deadline.CancelAfter(CheckTimeout);
        try
        {
            var report = await checks.CheckHealthAsync(check => check.Tags.Contains(HealthTags.Ready), deadline.Token);
            return report.Status is not HealthStatus.Unhealthy;
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>A probe's answer.</summary>
internal sealed record HealthResponse([property: AllowedValues("live", "ready")] string Status);

/// <summary>
/// Answers all requests but the probes with 503 until the host has started. In a cluster, the web server listens before the
/// gateway has a silo to call.
/// </summary>
internal sealed class StartupGate(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    public Task InvokeAsync(HttpContext http) =>
        lifetime.ApplicationStarted.IsCancellationRequested || !AppliesTo(http.Request.Path)
            ? next(http)
            : Problems.Starting.ExecuteAsync(http);

    public static bool AppliesTo(PathString path) => !path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase);
}
