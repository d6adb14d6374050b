using GeminiChat.ServiceDefaults.ClusterTls;
using GeminiChat.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>Runs a program to its end.</summary>
internal static class HostRunner
{
    /// <summary>
    /// How long a process may take to stop. Turns at work get 15 s, their checkpoints 5 s, and Orleans the rest.
    /// </summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Builds and runs an application. What is wrong with its settings or its database is told on the error output, one line
    /// for each thing, without a stack trace.
    /// </summary>
    /// <param name="build">Makes the application.</param>
    /// <param name="beforeStart">Runs before the host starts: the host would log its exception with a stack trace.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, Func<WebApplication, Task> beforeStart)
    {
        try
        {
            // Disposed of last: what is disposed of before it may hang as well.
            using var watchdog = new ShutdownWatchdog(TimeProvider.System);
            await using var app = build();
            watchdog.Start(
                app.Lifetime.ApplicationStopping,
                app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout,
                new ProcessTerminator(
                    app.Services.GetRequiredService<ILogger<ProcessTerminator>>(), app.Services.GetServices<ILoggerProvider>()));
            app.Services.GetService<IStartupValidator>()?.Validate();

            // An incomplete set of TLS files is an error in one process too, where they are not used.
            _ = TlsFiles.From(app.Configuration);
            await beforeStart(app);
            ClusterSettings.WarnOfUnused(app.Configuration, app.Logger);
            await RunUntilStopped(app);
            return 0;
        }
        catch (Exception exception) when (ToErrorLines(exception) is [_, ..] lines)
        {
            foreach (var line in lines)
            {
                await Console.Error.WriteLineAsync(line);
            }

            return 1;
        }
    }

    private static async Task RunUntilStopped(WebApplication app)
    {
        // Read now: after the run the lifetime is disposed of.
        var stopping = app.Lifetime.ApplicationStopping;
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It was asked to stop before it had started, such as a gateway that still looks for its cluster.
        }
    }

    /// <summary>One line for each thing that is wrong; none for a bug, which deserves its stack trace.</summary>
    private static IReadOnlyList<string> ToErrorLines(Exception exception) => exception switch
    {
        OptionsValidationException wrong => [.. wrong.Failures],
        AggregateException several when several.InnerExceptions.All(one => ToErrorLines(one).Count > 0) =>
            [.. several.InnerExceptions.SelectMany(ToErrorLines)],
        StartupException or IOException or UnauthorizedAccessException => [exception.Message],

        // What the configuration binder throws for text where a number is wanted; its message names the setting.
        InvalidOperationException { InnerException: FormatException or ArgumentException } => [exception.Message],
        _ => [],
    };
}

/// <summary>The process cannot start. The message is one line, written for the operator.</summary>
internal class StartupException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The tags of health checks.</summary>
internal static class HealthTags
{
    /// <summary>Checks with this tag decide whether a process is ready for traffic.</summary>
    public const string Ready = "ready";
}
