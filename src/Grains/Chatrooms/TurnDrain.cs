namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Tells the rooms of a silo that it is leaving, and waits for the turns at work. Thread-safe.
/// </summary>
public sealed class TurnDrain : IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationTokenSource _timeIsUp = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _atWork;

    /// <summary>Set when the silo begins to leave: no turn starts.</summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>Set when turns at work must stop: they keep their text and stay owed.</summary>
    public CancellationToken TimeIsUp => _timeIsUp.Token;

    /// <summary>The silo begins to leave. Safe to repeat.</summary>
    public void BeginLeaving()
    {
        _leaving.Cancel();
        ReportIdle();
    }

    /// <summary>
    /// Waits until no turn is at work: first for their own ends, then, told to stop, for their last checkpoints.
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
