using System.Diagnostics;
using System.Diagnostics.Metrics;
using GeminiChat.ServiceDefaults.Startup;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GeminiChat.ServiceDefaults.Telemetry;

/// <summary>Logs, metrics, traces, and the startup report.</summary>
internal static class TelemetryHosting
{
    private const string Orleans = "Microsoft.Orleans";

    /// <summary>The name of the service's own meters and activity sources, also in the grains.</summary>
    private const string Own = "GeminiChat";

    /// <summary>The meter of the gateway's metrics.</summary>
    public static Meter Meter { get; } = new(Own);

    /// <summary>
    /// Adds the log format and what the settings ask for: metrics at <c>METRICS_URL</c>, and the export of metrics and traces to
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>. Without these settings nothing is measured.
    /// </summary>
    /// <remarks>Logs are not exported: with <c>OTP_DELIVERY=log</c> they contain one-time codes.</remarks>
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
            builder.Services.AddListeningPort("METRICS_URL", url);
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<MetricsServer>(services, url));
        }
    }

    /// <summary>Propagates traces with grain calls, if they are exported.</summary>
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
        .AddAspNetCoreInstrumentation(web =>
        {
            web.Filter = http => !http.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase);
            web.EnrichWithHttpRequest = (trace, request) => trace.SetTag("url.path", LoggedPath.Of(request.Path));
        })
        .AddHttpClientInstrumentation()
        .AddNpgsql()
        .AddOtlpExporter();

    /// <summary>Removes polling calls from the traces: those by which readers follow a reply or notices.</summary>
    private sealed class PollingTraceFilter : BaseProcessor<Activity>
    {
        private static readonly string[] Names = ["IChatroomGrain/Follow", "IUserGrain/FollowNotices"];

        public override void OnStart(Activity data)
        {
            if (Names.Contains(data.OperationName, StringComparer.Ordinal))
            {
                // The calls that it leads to are removed too, also in other processes.
                data.IsAllDataRequested = false;
                data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }
        }
    }
}
