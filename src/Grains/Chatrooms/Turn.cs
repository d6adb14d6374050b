using System.Diagnostics;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// One pending reply, from its acceptance to its end. Not thread-safe: it belongs to one activation.
/// </summary>
/// <param name="reply">The pending reply, as it is stored.</param>
/// <param name="isOwned">
/// Whether this activation accepted the turn. Then the first attempt belongs to it. Any other activation must start the
/// next attempt before it calls the model.
/// </param>
/// <param name="tier">The user's tier at the acceptance; null when it is not known any more.</param>
/// <param name="maxAnswerBytes">See <see cref="ChatroomOptions.MaxAnswerBytes"/>.</param>
/// <param name="origin">The trace of the call that asked for it, as long as that is known.</param>
internal sealed class Turn(
    RoomMessage reply, bool isOwned, Tier? tier, int maxAnswerBytes, ActivityContext origin = default) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<RoomMessage> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    // When another activation has begun an attempt, it may have called the model.
    private bool _wasModelCalled = !isOwned && (reply.Attempt > 1 || reply.Status is MessageStatus.Generating);

    /// <summary>The reply as its readers see it, but for the text.</summary>
    public RoomMessage Reply { get; private set; } = reply with { Status = MessageStatus.Queued, Content = "" };

    public Tier? Tier => tier;

    public ActivityContext TraceContext => origin;

    public bool IsOwned { get; private set; } = isOwned;

    public ReplyText Text { get; private set; } = new(maxAnswerBytes);

    /// <summary>Tells readers of more text or another state.</summary>
    public Signal Updated { get; } = new();

    /// <summary>Set when the user stops the reply. The text so far is kept.</summary>
    public CancellationToken StopRequested => _stop.Token;

    /// <summary>A stop of a turn that waits, while it is being stored.</summary>
    public Task? StopTask { get; set; }

    /// <summary>The finished message, once its end is durable.</summary>
    public Task<RoomMessage> Completion => _completion.Task;

    public ReplyFence GetFence(RoomKey room) => new(room, Reply.Id, Reply.Attempt);

    /// <summary>The reply as it is at this moment.</summary>
    public RoomMessage GetCurrent() => Reply with { Content = Text.ToString() };

    public void RequestStop() => _stop.Cancel();

    /// <summary>Removes the text of a failed call, which no reader has seen.</summary>
    public void ResetText() => Text = new ReplyText(maxAnswerBytes);

    /// <summary>The store has moved the reply to a new attempt of this activation. Its text is empty again.</summary>
    public void StartAttempt(int attempt)
    {
        IsOwned = true;
        Text = new ReplyText(maxAnswerBytes);
        Update(Reply with { Attempt = attempt, Content = "" });
    }

    /// <summary>What the day's count gets back when the reply ends like this.</summary>
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
        Updated.Pulse();
    }

    public void Complete(RoomMessage finished)
    {
        Reply = finished;
        _completion.TrySetResult(finished);
        Updated.Pulse();
    }

    /// <summary>This activation does not bring the reply to its end.</summary>
    public void Abandon(Exception reason)
    {
        if (_completion.TrySetException(reason))
        {
            // Often nobody waits for the end. This keeps the exception from being reported as unobserved.
            _ = _completion.Task.Exception;
        }

        Updated.Pulse();
    }

    public void Dispose() => _stop.Dispose();

    private void Update(RoomMessage reply)
    {
        Reply = reply;
        Updated.Pulse();
    }
}
