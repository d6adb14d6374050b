namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Looks for work that nobody does any more: at the start and then every half minute, not all silos at once. What
/// fails is for the next pass, or for the next start.
/// </summary>
internal abstract partial class PeriodicRecovery(TimeProvider time, ILogger logger) : BackgroundService
{
    private const int MaxParallelism = 32;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected TimeProvider Time { get; } = time;

    protected ILogger Logger { get; } = logger;

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await RunPass(stoppingToken);
            var jitter = 0.8 + (Random.Shared.NextDouble() * 0.4);
            await Task.Delay(Interval * jitter, Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One pass, made of steps that may fail.</summary>
    protected abstract Task RunPass(CancellationToken cancellationToken);

    protected async Task RunStep(Func<Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step();
        }
        catch (Exception failure)
        {
            // Whoever is leaving fails for that.
            if (!cancellationToken.IsCancellationRequested)
            {
                Log.StepFailed(Logger, failure, GetType().Name);
            }
        }
    }

    /// <summary>Takes the step for each, some at a time, whatever becomes of the others.</summary>
    protected Task RunStepForEach<T>(IEnumerable<T> owed, Func<T, Task> step, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            owed,
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallelism, CancellationToken = cancellationToken },
            async (one, _) => await RunStep(() => step(one), cancellationToken));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A step of {Recovery} failed; it is tried again later")]
        public static partial void StepFailed(ILogger logger, Exception exception, string recovery);
    }
}
