using System.Diagnostics.Metrics;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GeminiChat.ServiceDefaults.Telemetry;

/// <summary>What lets an operator see a process from outside: logs, metrics, traces, and what it says at its start.</summary>
internal static class TelemetryHosting
{
    private const string Orleans = "Microsoft.Orleans";

    /// <summary>The name of the service's own meters and activity sources, here and in the grains.</summary>
    private const string Own = "GeminiChat";

    /// <summary>The meter of what is measured in the web server.</summary>
    public static Meter Meter { get; } = new(Own);

    /// <summary>
    /// Adds the log's form, and what the settings ask for: metrics to be read at <c>METRICS_URL</c>, metrics and traces
    /// sent to <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>. With neither nothing listens.
    /// </summary>
    /// <remarks>Logs are not sent: with <c>OTP_DELIVERY=log</c> they hold one-time codes.</remarks>
    /// <param name="builder">The application.</param>
    /// <param name="role"><c>gateway</c> or <c>silo</c>.</param>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string role)
    {
        builder.AddLogFormat();
        builder.Services.AddSingleton<StartupReport>();
        builder.Services.AddHostedService(services => services.GetRequiredService<StartupReport>());
        var settings = TelemetrySettings.Read(builder.Configuration);
        if (settings is { MetricsUrl: null, IsExported: false })
        {
            return;
        }

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService($"geminichat-{role}", serviceNamespace: "geminichat")
            .AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics => metrics.ConfigureMetrics(settings));
        if (settings.IsExported)
        {
            telemetry.WithTracing(ConfigureTracing);
        }

        if (settings.MetricsUrl is { } url)
        {
            builder.Services.AddSingleton(new StartupReportLine("metrics", $"{url}{MetricsServer.Path}"));
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<MetricsServer>(services, url));
        }
    }

    /// <summary>Carries traces along with grain calls, if they are sent anywhere.</summary>
    public static ISiloBuilder UseTracing(this ISiloBuilder silo) =>
        TelemetrySettings.Read(silo.Configuration).IsExported ? silo.AddActivityPropagation() : silo;

    /// <inheritdoc cref="UseTracing(ISiloBuilder)"/>
    public static IClientBuilder UseTracing(this IClientBuilder client) =>
        TelemetrySettings.Read(client.Configuration).IsExported ? client.AddActivityPropagation() : client;

    private static void ConfigureMetrics(this MeterProviderBuilder metrics, TelemetrySettings settings)
    {
        metrics.AddMeter(Own, Orleans)
            .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation();
        if (settings.IsExported)
        {
            metrics.AddOtlpExporter();
        }

        if (settings.MetricsUrl is not null)
        {
            metrics.AddPrometheusExporter();
        }
    }

    private static void ConfigureTracing(TracerProviderBuilder traces) => traces
        .AddSource(Own, $"{Orleans}.Application")
        .AddProcessor<PollingTraceFilter>()
        .AddAspNetCoreInstrumentation(web => web.Filter = http => !http.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase))
        .AddHttpClientInstrumentation()
        .AddNpgsql()
        .AddOtlpExporter();
}
