using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Hosting;

/// <summary>
/// Waits for the running turns before the silo shuts down. Turns that do not finish in time continue after the next start.
/// </summary>
/// <remarks>
/// The time starts with the signal to stop. The host stops nothing until the turns have stopped, not even the web server: its
/// health check tells load balancers that it is shutting down, and a slow request does not use up the time of the turns.
/// </remarks>
internal sealed partial class TurnShutdown : IHostedLifecycleService
{
    private static readonly TimeSpan FinishTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CheckpointTimeout = TimeSpan.FromSeconds(5);

    private readonly Lazy<Task<bool>> _finished;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<TurnShutdown> _logger;

    public TurnShutdown(SiloShutdown shutdown, IHostApplicationLifetime lifetime, ILogger<TurnShutdown> logger)
    {
        _finished = new(() => shutdown.WaitForTurns(FinishTimeout, CheckpointTimeout));
        (_lifetime, _logger) = (lifetime, logger);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _lifetime.ApplicationStopping.Register(() => _ = _finished.Value);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // The host may be stopped without a signal. Then ApplicationStopping must be triggered before anything is waited for.
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
            // The host's shutdown timeout has passed.
        }

        Log.StillRunning(_logger);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Some turns still run; they continue after the next start")]
        public static partial void StillRunning(ILogger logger);
    }
}
