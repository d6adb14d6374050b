using System.Diagnostics;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>A request that waits for its acceptance.</summary>
internal sealed class QueuedTurnRequest(TurnRequest request)
{
    private readonly TaskCompletionSource<PostOutcome> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TurnRequest Request => request;

    /// <summary>The trace of the call that made this request.</summary>
    public ActivityContext TraceContext { get; } = Instruments.CurrentContext;

    public Task<PostOutcome> Outcome => _outcome.Task;

    public void Complete(PostOutcome outcome) => _outcome.TrySetResult(outcome);

    public void Fail(Exception reason) => _outcome.TrySetException(reason);

    /// <summary>Completes the request with an outcome after another task has completed.</summary>
    public async Task Complete(PostOutcome outcome, Task after)
    {
        try
        {
            await after;
            Complete(outcome);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }
}
