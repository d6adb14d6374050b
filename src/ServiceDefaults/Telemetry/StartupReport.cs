using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace GeminiChat.ServiceDefaults.Telemetry;

/// <summary>
/// Reports after the start what is running: as a short table in a terminal, else as one log entry.
/// </summary>
internal sealed partial class StartupReport(
    IEnumerable<StartupReportLine> components,
    IServer server,
    IConfiguration settings,
    IHostEnvironment environment,
    IHostApplicationLifetime lifetime,
    ILogger<StartupReport> logger) : IHostedService
{
    private const int Margin = 2;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => Write(Console.Out, LogFormat.IsInteractive(settings)));
        lifetime.ApplicationStopping.Register(() => Log.ShuttingDown(logger));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    internal void Write(TextWriter console, bool isForPeople)
    {
        StartupReportLine[] lines = [CreateAddressLine(), .. components, CreateModeLine()];
        if (isForPeople)
        {
            console.Write(Table(lines));
            return;
        }

        var values = string.Join("; ", lines.Select(line => $"{line.Component}: {line.Value}"));
        Log.Running(logger, values, string.Join(" ", lines.Select(line => line.Warning).OfType<string>()));
    }

    private static string Table(StartupReportLine[] lines)
    {
        var width = lines.Max(line => line.Component.Length) + Margin;
        var rows = lines.Select(line => $"  {line.Component.PadRight(width)}{line.Value}");
        var warnings = lines.Select(line => line.Warning).OfType<string>().Select(warning => $"  ! {warning}");
        return string.Join(Environment.NewLine, ["", "GeminiChat is running", .. rows, .. warnings, "", ""]);
    }

    private StartupReportLine CreateAddressLine() => new(
        "address", string.Join(", ", server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []));

    private StartupReportLine CreateModeLine() => new("mode", environment.EnvironmentName, environment.IsDevelopment()
        ? "This is a development run: set ASPNETCORE_ENVIRONMENT=Production to serve others."
        : null);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "GeminiChat is running. {Parts}. {Warnings}")]
        public static partial void Running(ILogger logger, string parts, string warnings);

        [LoggerMessage(LogLevel.Information, "GeminiChat is shutting down")]
        public static partial void ShuttingDown(ILogger logger);
    }
}

/// <summary>
/// A line of the startup report. Each is registered beside the part of the program that it is about. None contains a secret.
/// </summary>
/// <param name="Component">The part, in one word.</param>
/// <param name="Value">Its configuration.</param>
/// <param name="Warning">Why it is not fit for production; null when it is.</param>
internal sealed record StartupReportLine(string Component, string Value, string? Warning = null);
