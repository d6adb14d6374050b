namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>
/// Ends the process at once, even if something hangs, when an orderly shutdown is not possible. Pending turns continue as after a
/// crash. Thread-safe.
/// </summary>
/// <param name="logger">Gets the reason.</param>
/// <param name="logs">The registered log providers, which the logger's factory does not dispose.</param>
/// <param name="exit">Ends the process.</param>
internal sealed partial class ProcessTerminator(ILogger<ProcessTerminator> logger, IEnumerable<ILoggerProvider> logs, Action<int> exit)
{
    /// <summary>Shows the supervisor that the process failed and needs a restart.</summary>
    public const int ExitCode = 1;

    private static readonly TimeSpan LogFlushTimeout = TimeSpan.FromSeconds(2);

    private readonly ILoggerProvider[] _logs = [.. logs];

    public ProcessTerminator(ILogger<ProcessTerminator> logger, IEnumerable<ILoggerProvider> logs)
        : this(logger, logs, Environment.Exit)
    {
    }

    /// <summary>Ends the process.</summary>
    /// <param name="reason">Whole sentences for the operator.</param>
    public void Terminate(string reason)
    {
        Log.Ends(logger, reason);
        try
        {
            // The console's lines are in a queue, which the disposal writes out. Each disposal has its own thread, because the
            // thread pool may be what hangs.
            Task.WaitAll([.. _logs.Select(log => Task.Factory.StartNew(
                log.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))], LogFlushTimeout);
        }
        finally
        {
            exit(ExitCode);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Critical, "{Reason} The process ends now")]
        public static partial void Ends(ILogger logger, string reason);
    }
}
