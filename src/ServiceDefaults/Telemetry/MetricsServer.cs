using OpenTelemetry.Metrics;

namespace GeminiChat.ServiceDefaults.Telemetry;

/// <summary>
/// Serves only the metrics, at an address of their own. Every client that can reach the address can read them. A proxy in front
/// of the service's address does not forward requests to it.
/// </summary>
internal sealed class MetricsServer(string url, MeterProvider metrics) : IHostedService, IAsyncDisposable
{
    /// <summary>Prometheus' default path.</summary>
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
