namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Tells the rooms of a silo that it stops, and waits for the running turns. Thread-safe.
/// </summary>
public sealed class TurnDrain : IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationTokenSource _timeIsUp = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _atWork;

    /// <summary>Set when the silo begins to stop. No further turn starts.</summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>Set when running turns must end. Their text is stored and they stay pending.</summary>
    public CancellationToken TimeIsUp => _timeIsUp.Token;

    /// <summary>The silo begins to stop. Safe to repeat.</summary>
    public void BeginLeaving()
    {
        _leaving.Cancel();
        ReportIdle();
    }

    /// <summary>
    /// Waits until no turn runs: first until they end by themselves, then, after the deadline, until they are stored.
    /// </summary>
    /// <param name="forEnds">How long turns may go on.</param>
    /// <param name="forCheckpoints">How long they may take to stop.</param>
    /// <returns>Whether all turns have stopped.</returns>
    public async Task<bool> WaitForTurns(TimeSpan forEnds, TimeSpan forCheckpoints)
    {
        BeginLeaving();
        if (await IsIdleWithin(forEnds))
        {
            return true;
        }

        await _timeIsUp.CancelAsync();
        return await IsIdleWithin(forCheckpoints);
    }

    /// <summary>A turn is at work until the result is disposed.</summary>
    public IDisposable Work()
    {
        Interlocked.Increment(ref _atWork);
        return new Finished(this);
    }

    public void Dispose()
    {
        _leaving.Dispose();
        _timeIsUp.Dispose();
    }

    private void ReportIdle()
    {
        if (_leaving.IsCancellationRequested && Volatile.Read(ref _atWork) == 0)
        {
            _idle.TrySetResult();
        }
    }

    private async Task<bool> IsIdleWithin(TimeSpan time)
    {
        await Task.WhenAny(_idle.Task, Task.Delay(time));
        return _idle.Task.IsCompleted;
    }

    private sealed class Finished(TurnDrain drain) : IDisposable
    {
        public void Dispose()
        {
            Interlocked.Decrement(ref drain._atWork);
            drain.ReportIdle();
        }
    }
}
