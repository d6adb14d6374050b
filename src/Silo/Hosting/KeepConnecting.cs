namespace GeminiChat.Silo.Hosting;

/// <summary>A gateway may start before any silo does: it tries until there is one.</summary>
internal sealed partial class KeepConnecting(TimeProvider time, ILogger<KeepConnecting> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        Log.NoSilo(logger, exception.Message);
        await Task.Delay(Delay, time, cancellationToken);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "No silo answers yet, trying again: {Reason}")]
        public static partial void NoSilo(ILogger logger, string reason);
    }
}
