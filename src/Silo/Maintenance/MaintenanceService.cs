namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Looks for unfinished work at the start and then about every half minute, with a jitter so that silos do not do it at the same
/// time. A step that fails is retried at the next pass.
/// </summary>
internal abstract partial class MaintenanceService(TimeProvider time, ILogger logger) : BackgroundService
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
            // During the shutdown failures are expected.
            if (!cancellationToken.IsCancellationRequested)
            {
                Log.StepFailed(Logger, failure, GetType().Name);
            }
        }
    }

    /// <summary>Runs the step for each item, up to 32 in parallel. A failure does not affect the other items.</summary>
    protected Task RunStepForEach<T>(IEnumerable<T> items, Func<T, Task> step, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallelism, CancellationToken = cancellationToken },
            async (item, _) => await RunStep(() => step(item), cancellationToken));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A step of {Service} failed; it is retried later")]
        public static partial void StepFailed(ILogger logger, Exception exception, string service);
    }
}
