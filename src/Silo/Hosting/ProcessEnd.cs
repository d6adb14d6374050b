namespace GeminiChat.Silo.Hosting;

/// <summary>
/// Ends the process at once, whatever hangs: for when there is no orderly way to the end. What grains had under way is
/// taken up as after a crash. Thread-safe.
/// </summary>
/// <param name="logs">The logs, which are written out before the end.</param>
/// <param name="exit">Ends the process.</param>
internal sealed partial class ProcessEnd(ILoggerFactory logs, Action<int> exit)
{
    /// <summary>Tells the supervisor that this was no orderly end, and that a restart is wanted.</summary>
    public const int ExitCode = 1;

    private static readonly TimeSpan ForLogs = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = logs.CreateLogger<ProcessEnd>();

    public ProcessEnd(ILoggerFactory logs)
        : this(logs, Environment.Exit)
    {
    }

    /// <summary>Ends the process.</summary>
    /// <param name="reason">Whole sentences for the operator.</param>
    public void Now(string reason)
    {
        Log.Ends(_logger, reason);

        // The console's lines wait in a queue, which is emptied when it is disposed of.
        Task.Run(logs.Dispose).Wait(ForLogs);
        exit(ExitCode);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Critical, "{Reason} The process ends now")]
        public static partial void Ends(ILogger logger, string reason);
    }
}
