namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>
/// Bounds how long a process takes to stop. The host's own bound is a request: Orleans goes on for minutes when the
/// cluster's table cannot be written, as does any other part that does not listen.
/// </summary>
internal sealed class ShutdownWatchdog(TimeProvider time) : IDisposable
{
    /// <summary>What is left to the parts that stop in time but are still to be disposed of.</summary>
    internal static readonly TimeSpan DisposalGracePeriod = TimeSpan.FromSeconds(3);

    private CancellationTokenRegistration _stopping;
    private ITimer? _timer;

    /// <summary>Ends the process when it has not ended this long, and <see cref="DisposalGracePeriod"/>, after it was asked to.</summary>
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
