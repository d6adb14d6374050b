namespace GeminiChat.Gateway.Web;

/// <summary>
/// Answers 503 until the host has started, but to the probes. The web server of a cluster's gateway listens before
/// there is a silo to call, and until then the client does not even know the grains.
/// </summary>
internal sealed class StartupGate(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    public Task InvokeAsync(HttpContext http) =>
        lifetime.ApplicationStarted.IsCancellationRequested || !AppliesTo(http.Request.Path)
            ? next(http)
            : Problems.Starting.ExecuteAsync(http);

    /// <summary>All but the probes.</summary>
    public static bool AppliesTo(PathString path) => !path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase);
}
