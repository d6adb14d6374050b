using GeminiChat.Silo.ClusterTls;
using GeminiChat.Silo.Settings;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Hosting;

/// <summary>Runs a program to its end.</summary>
public static partial class Startup
{
    /// <summary>Builds and runs an application. What is wrong with its settings or its database is said in plain lines.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(Func<WebApplication> build)
    {
        try
        {
            // Disposed of last: what is disposed of before may hang as well.
            using var deadline = new StopDeadline(TimeProvider.System);
            await using var app = build();
            deadline.Watch(
                app.Lifetime.ApplicationStopping,
                app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout,
                new ProcessEnd(
                    app.Services.GetRequiredService<ILogger<ProcessEnd>>(), app.Services.GetServices<ILoggerProvider>()));
            app.Services.GetService<IStartupValidator>()?.Validate();
            if (app.Services.GetService<StoreStart>() is { } store)
            {
                // Before the host starts, which would log what goes wrong with a stack trace.
                await store.StartingAsync(app.Lifetime.ApplicationStopping);
            }

            WarnOfUnused(app);
            await RunToEnd(app);
            return 0;
        }
        catch (Exception exception) when (Lines(exception) is [_, ..] lines)
        {
            foreach (var line in lines)
            {
                await Console.Error.WriteLineAsync(line);
            }

            return 1;
        }
    }

    private static async Task RunToEnd(WebApplication app)
    {
        // Asked for now: a run that has ended has disposed of it.
        var stopping = app.Lifetime.ApplicationStopping;
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to end before it had started, as a gateway that still looks for its cluster.
        }
    }

    /// <summary>One line for each thing that is wrong; none when this is a bug and deserves its stack trace.</summary>
    private static IReadOnlyList<string> Lines(Exception exception) => exception switch
    {
        OptionsValidationException wrong => [.. wrong.Failures],
        AggregateException several when several.InnerExceptions.All(one => Lines(one).Count > 0) =>
            [.. several.InnerExceptions.SelectMany(Lines)],
        SettingException or StoreStartException or IOException or UnauthorizedAccessException => [exception.Message],

        // What the configuration binder throws for text where a number is wanted; its message names the setting.
        InvalidOperationException { InnerException: FormatException or ArgumentException } => [exception.Message],
        _ => [],
    };

    private static void WarnOfUnused(WebApplication app)
    {
        if (ClusterSettings.Read(app.Configuration).IsClustered)
        {
            return;
        }

        if (app.Configuration["REDIS_URL"] is { Length: > 0 })
        {
            Log.RedisUnused(app.Logger);
        }

        if (TlsFiles.From(app.Configuration) is not null)
        {
            Log.TlsUnused(app.Logger);
        }

        if (app.Configuration["DASHBOARD_PASSWORD"] is { Length: > 0 })
        {
            Log.DashboardUnused(app.Logger);
        }

        if (app.Configuration["HOSTING"] is { Length: > 0 })
        {
            Log.HostingUnused(app.Logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "REDIS_URL is not used: this is one process. CLUSTERING=redis makes it part of a cluster")]
        public static partial void RedisUnused(ILogger logger);

        [LoggerMessage(LogLevel.Information, "CLUSTER_TLS_ settings are not used: this is one process, which has no other members to connect to")]
        public static partial void TlsUnused(ILogger logger);

        [LoggerMessage(LogLevel.Information, "DASHBOARD_PASSWORD is not used: only the silos of a cluster have a dashboard")]
        public static partial void DashboardUnused(ILogger logger);

        [LoggerMessage(LogLevel.Information, "HOSTING is not used: only the silos of a cluster watch pods")]
        public static partial void HostingUnused(ILogger logger);
    }
}
