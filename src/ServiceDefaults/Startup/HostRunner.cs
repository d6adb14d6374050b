using GeminiChat.ServiceDefaults.ClusterTls;
using GeminiChat.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>Runs a program to its end.</summary>
internal static class HostRunner
{
    /// <summary>
    /// How long a process may take to stop: 15 s for running turns, 5 s for their checkpoints, and the rest for Orleans.
    /// </summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Creates the builder of an application that reads its settings once, when it starts, from the command line, the
    /// environment, and the <c>.env</c> file, in this order. Otherwise the host would watch all files below the content root for
    /// a change of <c>appsettings.json</c>, and each write to a SQLite file there would raise an event.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="contentRoot">The folder of <c>appsettings.json</c>; null for the working folder.</param>
    /// <exception cref="SettingException">A setting of the host is wrong.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args, string? contentRoot = null)
    {
        var file = DotEnv.Read();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            ContentRootPath = contentRoot,
            EnvironmentName = HostSettings.Mode(args, file),
        });
        builder.Configuration.AddDotEnv(file);
        builder.AddAddress();
        StartupLog.Add(builder);
        return builder;
    }

    /// <summary>
    /// Builds and runs an application. Errors in its settings or its database are written to the error output, one line for each,
    /// without a stack trace.
    /// </summary>
    /// <param name="build">Builds the application.</param>
    /// <param name="beforeStart">Runs before the host starts, because the host would log its exception with a stack
    /// trace.</param>
    /// <param name="errors">The error output; null for that of the process.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, Func<WebApplication, Task> beforeStart, TextWriter? errors = null)
    {
        try
        {
            // Disposed last, because the disposal of the application may hang too.
            using var watchdog = new ShutdownWatchdog(TimeProvider.System);
            await using var app = build();
            watchdog.Start(
                app.Lifetime.ApplicationStopping,
                app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout,
                new ProcessTerminator(
                    app.Services.GetRequiredService<ILogger<ProcessTerminator>>(), app.Services.GetServices<ILoggerProvider>()));
            app.Services.GetService<IStartupValidator>()?.Validate();

            // An incomplete set of TLS files is an error in a single process too, although it does not use them.
            _ = TlsFiles.From(app.Configuration);
            foreach (var check in app.Services.GetServices<IStartupCheck>())
            {
                await check.Check(app.Lifetime.ApplicationStopping);
            }

            await beforeStart(app);
            ClusterSettings.WarnOfUnused(app.Configuration, app.Logger);
            UnknownSettings.Warn(app.Configuration, app.Logger);
            await RunUntilStopped(app);
            return 0;
        }
        catch (Exception exception) when (ToErrorLines(exception) is [_, ..] lines)
        {
            foreach (var line in lines)
            {
                await (errors ?? Console.Error).WriteLineAsync(line);
            }

            return 1;
        }
    }

    private static async Task RunUntilStopped(WebApplication app)
    {
        app.Services.GetService<StartupLog>()?.LogAllAfter(app.Lifetime.ApplicationStarted);

        // Read before the run, which disposes the lifetime at its end.
        var stopping = app.Lifetime.ApplicationStopping;
        try
        {
            await app.RunAsync();
        }
        catch (Exception exception) when (stopping.IsCancellationRequested && IsCancellation(exception))
        {
            // The process was stopped before its start was complete, such as a gateway that still tries to reach its cluster.
        }
    }

    // Services that start concurrently throw one exception for all.
    private static bool IsCancellation(Exception exception) => exception is OperationCanceledException
        || (exception is AggregateException several && several.Flatten().InnerExceptions.All(one => one is OperationCanceledException));

    // One line for each error; none for a bug, which needs its stack trace.
    private static IReadOnlyList<string> ToErrorLines(Exception exception) => exception switch
    {
        OptionsValidationException wrong => [.. wrong.Failures],
        AggregateException several when several.InnerExceptions.All(one => ToErrorLines(one).Count > 0) =>
            [.. several.InnerExceptions.SelectMany(ToErrorLines)],
        StartupException or IOException or UnauthorizedAccessException => [exception.Message.ReplaceLineEndings(" ")],

        // The configuration binder's exception for a text instead of a number. Its message names the setting.
        InvalidOperationException { InnerException: FormatException or ArgumentException } => [exception.Message],
        _ => [],
    };
}

/// <summary>The process cannot start. The message is one line for the operator.</summary>
internal class StartupException(string message, Exception? inner = null) : Exception(message, inner);
