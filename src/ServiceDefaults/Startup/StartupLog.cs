namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>
/// Keeps entries out of the log that say nothing new while the process starts. <see cref="HostRunner"/> writes the exceptions of a
/// failed start, in one line if they are no bugs. The host and the web server would also log them, with stack traces.
/// </summary>
internal sealed class StartupLog
{
    private volatile bool _hasStarted;

    /// <summary>Adds the filter to the log.</summary>
    public static void Add(WebApplicationBuilder builder)
    {
        var log = new StartupLog();
        builder.Services.AddSingleton(log);

        // Both throw these exceptions too. A background service that fails is also logged as critical by the host.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => log.IsLogged(level, LogLevel.Error));
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => log.IsLogged(level, LogLevel.Critical));

        // A gateway that starts before the silos tells that itself.
        builder.Logging.AddFilter("Orleans.Messaging.GatewayManager", level => log.IsLogged(level, LogLevel.Warning));
    }

    /// <summary>Logs everything from the end of the start.</summary>
    public void LogAllAfter(CancellationToken started) => started.Register(() => _hasStarted = true);

    private bool IsLogged(LogLevel level, LogLevel notAtStart) => level >= LogLevel.Warning && (_hasStarted || level != notAtStart);
}
