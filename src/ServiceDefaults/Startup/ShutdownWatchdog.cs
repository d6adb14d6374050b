namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>
/// Limits how long a process takes to stop. The host's own limit only cancels a token. Orleans, for example, can go on for
/// minutes when the membership table cannot be written.
/// </summary>
internal sealed class ShutdownWatchdog(TimeProvider time) : IDisposable
{
    /// <summary>The additional time for the disposal of services.</summary>
    internal static readonly TimeSpan DisposalGracePeriod = TimeSpan.FromSeconds(3);

    private CancellationTokenRegistration _stopping;
    private ITimer? _timer;

    /// <summary>
    /// Ends the process if it still runs <paramref name="within"/> plus <see cref="DisposalGracePeriod"/> after the signal to
    /// stop.
    /// </summary>
    public void Start(CancellationToken stopping, TimeSpan within, ProcessTerminator terminator) =>
        _stopping = stopping.Register(() => _timer = time.CreateTimer(
            _ => terminator.Terminate($"The process was asked to end {(within + DisposalGracePeriod).TotalSeconds:0} s ago, and something still hangs."),
            null,
            within + DisposalGracePeriod,
            Timeout.InfiniteTimeSpan));

    public void Dispose()
    {
        _stopping.Dispose();
        _timer?.Dispose();
    }
}
