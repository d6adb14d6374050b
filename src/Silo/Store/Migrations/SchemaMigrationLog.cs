using DbUp.Engine.Output;

namespace GeminiChat.Silo.Store.Migrations;

/// <summary>Logs DbUp's messages at debug level, because its failures are also thrown.</summary>
internal sealed partial class SchemaMigrationLog(ILogger logger) : IUpgradeLog
{
    public void LogTrace(string format, params object[] args) => Write(format, args);

    public void LogDebug(string format, params object[] args) => Write(format, args);

    public void LogInformation(string format, params object[] args) => Write(format, args);

    public void LogWarning(string format, params object[] args) => Write(format, args);

    public void LogError(string format, params object[] args) => Write(format, args);

    public void LogError(Exception ex, string format, params object[] args) => Write(format, args);

    private void Write(string format, object[] args)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Step(logger, args.Length == 0 ? format : string.Format(format, args));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Migration: {Step}")]
        public static partial void Step(ILogger logger, string step);
    }
}
