namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>
/// Ends the process at once, whatever hangs: for when there is no orderly way to the end. What grains had under way is
/// taken up as after a crash. Thread-safe.
/// </summary>
/// <param name="logger">Gets the reason.</param>
/// <param name="logs">Where it goes, as they are registered: the logger's factory does not dispose of those.</param>
/// <param name="exit">Ends the process.</param>
internal sealed partial class ProcessTerminator(ILogger<ProcessTerminator> logger, IEnumerable<ILoggerProvider> logs, Action<int> exit)
{
    /// <summary>Tells the supervisor that this was no orderly end, and that a restart is wanted.</summary>
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
            // The console's lines wait in a queue, which is emptied when it is disposed of. Threads of their own, as the
            // pool's may be what hangs.
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
