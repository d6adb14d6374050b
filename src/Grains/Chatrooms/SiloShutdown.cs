using Microsoft.Extensions.Hosting;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Tells the rooms of a silo that it is shutting down, and waits for the running turns. Thread-safe.</summary>
public sealed class SiloShutdown(IHostApplicationLifetime lifetime) : IDisposable
{
    private readonly CancellationTokenSource _deadline = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _runningTurns;

    /// <summary>Canceled when the silo begins to shut down. No further turn starts.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>Canceled when running turns must end. Their text is stored and they stay pending.</summary>
    public CancellationToken Deadline => _deadline.Token;

    /// <summary>
    /// Waits until no turn runs. Turns may first end by themselves. After the deadline they must stop and store their
    /// text. Call this after the shutdown has begun.
    /// </summary>
    /// <param name="turnTimeout">How long turns may continue.</param>
    /// <param name="checkpointTimeout">How long turns may take to stop after that.</param>
    /// <returns>Whether all turns have stopped.</returns>
    public async Task<bool> WaitForTurns(TimeSpan turnTimeout, TimeSpan checkpointTimeout)
    {
        ReportIdle();
        if (await IsIdleWithin(turnTimeout))
        {
            return true;
        }

        await _deadline.CancelAsync();
        return await IsIdleWithin(checkpointTimeout);
    }

    /// <summary>Counts a running turn until the result is disposed.</summary>
    public IDisposable TrackTurn()
    {
        Interlocked.Increment(ref _runningTurns);
        return new TurnScope(this);
    }

    public void Dispose() => _deadline.Dispose();

    private void ReportIdle()
    {
        if (Stopping.IsCancellationRequested && Volatile.Read(ref _runningTurns) == 0)
        {
            _idle.TrySetResult();
        }
    }

    private async Task<bool> IsIdleWithin(TimeSpan time)
    {
        await Task.WhenAny(_idle.Task, Task.Delay(time));
        return _idle.Task.IsCompleted;
    }

    private sealed class TurnScope(SiloShutdown shutdown) : IDisposable
    {
        public void Dispose()
        {
            Interlocked.Decrement(ref shutdown._runningTurns);
            shutdown.ReportIdle();
        }
    }
}
