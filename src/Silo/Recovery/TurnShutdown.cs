using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Lets the turns at work come to their ends before the silo leaves; those that do not are taken up after the next
/// start.
/// </summary>
/// <remarks>
/// The time runs from the signal. The host stops nothing until the turns have stopped, the web server included: it
/// tells balancers meanwhile that it is leaving, and a slow request does not eat up the time of the turns.
/// </remarks>
internal sealed partial class TurnShutdown : IHostedLifecycleService
{
    private static readonly TimeSpan FinishTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CheckpointTimeout = TimeSpan.FromSeconds(5);

    private readonly Lazy<Task<bool>> _finished;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<TurnShutdown> _logger;

    public TurnShutdown(SiloShutdown drain, IHostApplicationLifetime lifetime, ILogger<TurnShutdown> logger)
    {
        _finished = new(() => drain.WaitForTurns(FinishTimeout, CheckpointTimeout));
        (_lifetime, _logger) = (lifetime, logger);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _lifetime.ApplicationStopping.Register(() => _ = _finished.Value);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // Whoever stops the host without a signal comes here first: everybody is to know before anything is waited for.
        _lifetime.StopApplication();
        try
        {
            if (await _finished.Value.WaitAsync(cancellationToken))
            {
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The host's own time is up.
        }

        Log.StillAtWork(_logger);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Some turns are still at work; they are taken up after the next start")]
        public static partial void StillAtWork(ILogger logger);
    }
}
