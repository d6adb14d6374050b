using OpenTelemetry.Metrics;

namespace GeminiChat.ServiceDefaults.Telemetry;

/// <summary>
/// Serves the metrics at an address of their own, and nothing else there: whoever can reach it may read them, and a
/// proxy before the service's address passes nothing on to it.
/// </summary>
internal sealed class MetricsServer(string url, MeterProvider metrics) : IHostedService, IAsyncDisposable
{
    /// <summary>Where Prometheus looks if nobody tells it otherwise.</summary>
    public const string Path = "/metrics";

    private WebApplication? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        _server = builder.Build();
        _server.UseOpenTelemetryPrometheusScrapingEndpoint(metrics, null, Path, null, null);
        await _server.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
