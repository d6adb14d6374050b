using System.Diagnostics;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>A request that waits for its acceptance.</summary>
internal sealed class PendingTurn(TurnRequest request)
{
    private readonly TaskCompletionSource<PostOutcome> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TurnRequest Request => request;

    /// <summary>The trace of the call that asks for it.</summary>
    public ActivityContext Origin { get; } = Instruments.Here;

    public Task<PostOutcome> Outcome => _outcome.Task;

    public void Answer(PostOutcome outcome) => _outcome.TrySetResult(outcome);

    public void Fail(Exception reason) => _outcome.TrySetException(reason);

    /// <summary>Answers when another task has completed too.</summary>
    public async Task Answer(PostOutcome outcome, Task after)
    {
        try
        {
            await after;
            Answer(outcome);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }
}
