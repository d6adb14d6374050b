using System.Diagnostics;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// One pending reply, from its acceptance to its end. One activation owns it. The text is written by one thread at a time;
/// any thread may read it.
/// </summary>
/// <param name="reply">The pending reply, as it is stored.</param>
/// <param name="isOwned">
/// Whether this activation accepted the turn. If so, it owns the first attempt. Any other activation must start the next
/// attempt before it calls the model.
/// </param>
/// <param name="tier">The user's tier at the acceptance; null when it is no longer known.</param>
/// <param name="maxAnswerBytes">See <see cref="ChatroomOptions.MaxAnswerBytes"/>.</param>
/// <param name="time">The clock of the updates.</param>
/// <param name="origin">The trace of the call that asked for the turn; a default value when it is no longer known.</param>
internal sealed class Turn(
    RoomMessage reply, bool isOwned, Tier? tier, int maxAnswerBytes, TimeProvider time, ActivityContext origin = default) : ILiveReply
{
    /// <summary>
    /// Readers get the first text at once, and further text at most this often. So a burst of chunks costs each reader one
    /// update, and nobody sees the delay.
    /// </summary>
    internal static readonly TimeSpan UpdateInterval = TimeSpan.FromMilliseconds(16);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource<RoomMessage> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskCompletionSource? _updated;
    private ITimer? _timer;
    private bool _isUpdateScheduled;
    private int _visibleLength;
    private long _visibleAt;

    // If another activation has started an attempt, it may have called the model.
    private bool _wasModelCalled = !isOwned && (reply.Attempt > 1 || reply.Status is MessageStatus.Generating);

    /// <summary>The reply as its readers see it, without the text.</summary>
    public RoomMessage Reply { get; private set; } = reply with { Status = MessageStatus.Queued, Content = "" };

    public Tier? Tier => tier;

    public ActivityContext TraceContext => origin;

    public bool IsOwned { get; private set; } = isOwned;

    /// <summary>The text and the thoughts. Only their writer may use them directly.</summary>
    public ReplyDraft Draft { get; private set; } = new(maxAnswerBytes);

    /// <summary>Canceled when this activation must not go on with the turn.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Whether the user has stopped the reply. The text so far is kept.</summary>
    public bool IsStopRequested { get; private set; }

    /// <summary>Whether another activation has taken over the reply.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>The write that stops a waiting turn, while it runs.</summary>
    public Task? StopTask { get; set; }

    /// <summary>The finished message, once its end is durable.</summary>
    public Task<RoomMessage> Completion => _completion.Task;

    public ReplyFence GetFence(RoomKey room) => new(room, Reply.Id, Reply.Attempt);

    /// <summary>The reply in its current state.</summary>
    public RoomMessage GetCurrent()
    {
        lock (_lock)
        {
            return Reply with
            {
                Content = Draft.Text.ToString(),
                Thoughts = Draft.Thoughts.Length > 0 ? Draft.Thoughts.ToString() : null,
                Parts = Draft.Parts is [] or [{ Kind: ReplyPartKind.Text, Signature: null }] ? default : [.. Draft.Parts],
            };
        }
    }

    public void Cancel() => _cancellation.Cancel();

    public void RequestStop()
    {
        IsStopRequested = true;
        Cancel();
    }

    public void Fence()
    {
        IsFenced = true;
        Cancel();
    }

    /// <summary>Removes what a failed call sent.</summary>
    public void DiscardDraft()
    {
        lock (_lock)
        {
            var isSeen = Draft.Length > 0;
            Draft.Discard();
            if (isSeen)
            {
                ShowText();
            }
        }
    }

    /// <summary>Applies a new attempt of this activation after the store has recorded it. The text is empty again.</summary>
    public void StartAttempt(int attempt)
    {
        lock (_lock)
        {
            IsOwned = true;
            Draft = new ReplyDraft(maxAnswerBytes);
            Reply = Reply with { Attempt = attempt, Content = "" };
            ShowText();
        }
    }

    /// <summary>What is given back to the day's count when the reply ends like this.</summary>
    public Refund GetRefund(RoomMessage end) => RefundPolicy.Decide(end.Status, end.Reason, _wasModelCalled);

    public void Update(MessageStatus status)
    {
        _wasModelCalled |= status is MessageStatus.Generating;
        lock (_lock)
        {
            Reply = Reply with { Status = status };
        }
    }

    public void Append(ReplyPartKind kind, string text, string? signature = null, string? data = null)
    {
        lock (_lock)
        {
            Draft.Append(kind, text, signature, data);
            ShowTextWhenDue(isReaderWaiting: _updated is not null);
        }
    }

    /// <summary>Ends the text. Nothing is appended after this.</summary>
    public void CompleteText()
    {
        lock (_lock)
        {
            Draft.Complete();
        }
    }

    public void Complete(RoomMessage finished)
    {
        lock (_lock)
        {
            Reply = finished;
            _completion.TrySetResult(finished);
            ShowText();
            _timer?.Dispose();
        }
    }

    /// <summary>Ends the turn in this activation without finishing the reply.</summary>
    public void Abandon(Exception reason)
    {
        lock (_lock)
        {
            if (_completion.TrySetException(reason))
            {
                // Often no caller waits for the end. Reading the exception keeps it from being reported as unobserved.
                _ = _completion.Task.Exception;
            }

            ShowText();
            _timer?.Dispose();
        }
    }

    /// <summary>Wakes the readers although there is no text for them.</summary>
    public void WakeReaders()
    {
        lock (_lock)
        {
            ShowText();
        }
    }

    /// <summary>Reads the reply after a cursor.</summary>
    /// <param name="from">Where to continue: see <see cref="IChatroomGrain.Follow"/>.</param>
    /// <param name="updated">Without a result, completes when there may be one.</param>
    /// <returns>Null when there is nothing new yet, and when the turn was abandoned.</returns>
    public ReplyProgress? Read(ReplyCursor from, out Task updated)
    {
        lock (_lock)
        {
            updated = Task.CompletedTask;
            if (_completion.Task.IsCompleted)
            {
                return _completion.Task.IsCompletedSuccessfully ? ReplyProgressReader.Read(Reply, from) : null;
            }

            // An attempt of another activation has no text here. It has not started yet.
            if (IsOwned && ReadVisible(from) is { } progress)
            {
                return progress;
            }

            updated = (_updated ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            return null;
        }
    }

    public async Task<ReplyProgress?> ReadAsync(ReplyCursor from, CancellationToken cancellationToken)
    {
        while (!_completion.Task.IsFaulted)
        {
            if (Read(from, out var updated) is { } progress)
            {
                return progress;
            }

            await updated.WaitAsync(cancellationToken);
        }

        return null;
    }

    private ReplyProgress? ReadVisible(ReplyCursor from)
    {
        ShowTextWhenDue(isReaderWaiting: true);
        return ReplyProgressReader.Read(Draft, _visibleLength, from, Reply.Attempt);
    }

    /// <summary>
    /// Shows new text: at once, or when <see cref="UpdateInterval"/> since the last text is over. Without a reader who waits for
    /// it, the next read shows it.
    /// </summary>
    private void ShowTextWhenDue(bool isReaderWaiting)
    {
        if (Draft.Length == _visibleLength)
        {
            return;
        }

        var wait = _visibleLength > 0 ? UpdateInterval - time.GetElapsedTime(_visibleAt) : TimeSpan.Zero;
        if (wait <= TimeSpan.Zero)
        {
            _visibleAt = time.GetTimestamp();
            ShowText();
        }
        else if (isReaderWaiting && !_isUpdateScheduled)
        {
            _isUpdateScheduled = true;
            _timer ??= time.CreateTimer(static turn => ((Turn)turn!).OnUpdateDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void ShowText()
    {
        _visibleLength = Draft.Length;
        _updated?.SetResult();
        _updated = null;
    }

    private void OnUpdateDue()
    {
        lock (_lock)
        {
            _isUpdateScheduled = false;
            _visibleAt = time.GetTimestamp();
            ShowText();
        }
    }
}
