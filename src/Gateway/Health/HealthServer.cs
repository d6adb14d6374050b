using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.Gateway.Health;

/// <summary>
/// Answers the probes at a second address. Probes get through there even when the service has reached its limit of
/// connections.
/// </summary>
internal sealed class HealthServer(string url, HealthCheckService checks, IHostApplicationLifetime lifetime)
    : IHostedService, IAsyncDisposable
{
    private const string Setting = "HEALTH_URL";
    private const int MaxConnections = 100;

    /// <summary>Idle connections are closed, so that they do not take the places of probes.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(5);

    private WebApplication? _server;

    /// <summary>
    /// Adds the server if <c>HEALTH_URL</c> is set. It must be the first hosted service, so that it answers while the process
    /// still waits for the cluster.
    /// </summary>
    /// <exception cref="SettingException">The setting is not a valid address.</exception>
    public static void Add(WebApplicationBuilder builder)
    {
        if (builder.Configuration[Setting]?.Trim().TrimEnd('/') is not { Length: > 0 } url)
        {
            return;
        }

        if (!SettingText.IsListeningAddress(url))
        {
            throw new SettingException(
                $"{Setting} must be an address to listen at, with a port and without a path, like http://0.0.0.0:8081.");
        }

        var ports = (builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Port);
        if (Port(url) is not 0 and var port && ports.Contains(port))
        {
            throw new SettingException($"{Setting} must have another port than the service itself, which listens at {port}.");
        }

        builder.Services.AddSingleton(new StartupReportLine("probes", url));
        builder.Services.AddListeningPort(Setting, url);
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<HealthServer>(services, url));
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.KeepAliveTimeout = IdleTimeout;
            kestrel.Limits.RequestHeadersTimeout = IdleTimeout;
            kestrel.Limits.MaxRequestBodySize = 0;
        });
        _server = builder.Build();
        _server.Run(HandleAsync);
        await _server.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static int Port(string url) => BindingAddress.Parse(url).Port;

    private async Task HandleAsync(HttpContext http)
    {
        var answer = http.Request.Path.Value switch
        {
            HealthEndpoints.LivePath => HealthEndpoints.Live(),
            HealthEndpoints.ReadyPath => await HealthEndpoints.Ready(checks, lifetime, http),
            _ => Problems.ForStatus(StatusCodes.Status404NotFound),
        };
        await answer.ExecuteAsync(http);
    }
}
