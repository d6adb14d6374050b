using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.ServiceDefaults.Telemetry;

/// <summary>Where metrics and traces are available.</summary>
/// <param name="MetricsUrl">The address at which Prometheus reads the metrics; null for none.</param>
/// <param name="IsExported">Whether metrics and traces are exported to a collector.</param>
internal sealed record TelemetrySettings(string? MetricsUrl, bool IsExported)
{
    private const string MetricsUrlSetting = "METRICS_URL";
    private const string CollectorSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// Reads <c>METRICS_URL</c> and <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; OpenTelemetry reads its other settings itself.
    /// </summary>
    /// <exception cref="SettingException">A setting is wrong.</exception>
    public static TelemetrySettings Read(IConfiguration settings)
    {
        var metrics = Text(settings, MetricsUrlSetting)?.TrimEnd('/');
        if (metrics is not null && !SettingText.IsListeningAddress(metrics))
        {
            throw new SettingException(
                $"{MetricsUrlSetting} must be an address to listen at, with a port and without a path, like http://localhost:9464.");
        }

        var collector = Text(settings, CollectorSetting);
        return collector is null || (Uri.TryCreate(collector, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            ? new TelemetrySettings(metrics, collector is not null)
            : throw new SettingException($"{CollectorSetting} must be an http or https address, like http://localhost:4317.");
    }

    private static string? Text(IConfiguration settings, string name) =>
        string.IsNullOrWhiteSpace(settings[name]) ? null : settings[name]!.Trim();
}
