using System.Diagnostics;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>One pending reply, from its acceptance to its end. Not thread-safe: one activation owns it.</summary>
/// <param name="reply">The pending reply, as it is stored.</param>
/// <param name="isOwned">
/// Whether this activation accepted the turn. If so, it owns the first attempt. Any other activation must start the next
/// attempt before it calls the model.
/// </param>
/// <param name="tier">The user's tier at the acceptance; null when it is no longer known.</param>
/// <param name="maxAnswerBytes">See <see cref="ChatroomOptions.MaxAnswerBytes"/>.</param>
/// <param name="origin">The trace of the call that asked for the turn; a default value when it is no longer known.</param>
internal sealed class Turn(
    RoomMessage reply, bool isOwned, Tier? tier, int maxAnswerBytes, ActivityContext origin = default) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<RoomMessage> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    // If another activation has started an attempt, it may have called the model.
    private bool _wasModelCalled = !isOwned && (reply.Attempt > 1 || reply.Status is MessageStatus.Generating);

    /// <summary>The reply as its readers see it, without the text.</summary>
    public RoomMessage Reply { get; private set; } = reply with { Status = MessageStatus.Queued, Content = "" };

    public Tier? Tier => tier;

    public ActivityContext TraceContext => origin;

    public bool IsOwned { get; private set; } = isOwned;

    public ReplyText Text { get; private set; } = new(maxAnswerBytes);

    /// <summary>Wakes the readers when there is more text or another state.</summary>
    public AsyncConditionVariable Updated { get; } = new();

    /// <summary>Canceled when the user stops the reply. The text so far is kept.</summary>
    public CancellationToken StopRequested => _stop.Token;

    /// <summary>The write that stops a waiting turn, while it runs.</summary>
    public Task? StopTask { get; set; }

    /// <summary>The finished message, once its end is durable.</summary>
    public Task<RoomMessage> Completion => _completion.Task;

    public ReplyFence GetFence(RoomKey room) => new(room, Reply.Id, Reply.Attempt);

    /// <summary>The reply in its current state.</summary>
    public RoomMessage GetCurrent() => Reply with { Content = Text.ToString() };

    public void RequestStop() => _stop.Cancel();

    /// <summary>Removes the text of a failed call, which no reader has seen.</summary>
    public void ResetText() => Text = new ReplyText(maxAnswerBytes);

    /// <summary>Applies a new attempt of this activation after the store has recorded it. The text is empty again.</summary>
    public void StartAttempt(int attempt)
    {
        IsOwned = true;
        Text = new ReplyText(maxAnswerBytes);
        Update(Reply with { Attempt = attempt, Content = "" });
    }

    /// <summary>What is given back to the day's count when the reply ends like this.</summary>
    public Refund GetRefund(RoomMessage end) => RefundPolicy.Decide(end.Status, end.Reason, _wasModelCalled);

    public void Update(MessageStatus status)
    {
        _wasModelCalled |= status is MessageStatus.Generating;
        if (Reply.Status != status)
        {
            Update(Reply with { Status = status });
        }
    }

    public void Append(string chunk)
    {
        Text.Append(chunk);
        Updated.NotifyAll();
    }

    public void Complete(RoomMessage finished)
    {
        Reply = finished;
        _completion.TrySetResult(finished);
        Updated.NotifyAll();
    }

    /// <summary>Ends the turn in this activation without finishing the reply.</summary>
    public void Abandon(Exception reason)
    {
        if (_completion.TrySetException(reason))
        {
            // Often no caller waits for the end. Reading the exception keeps it from being reported as unobserved.
            _ = _completion.Task.Exception;
        }

        Updated.NotifyAll();
    }

    public void Dispose() => _stop.Dispose();

    private void Update(RoomMessage reply)
    {
        Reply = reply;
        Updated.NotifyAll();
    }
}
