using System.Diagnostics;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>A request for a reply in a room. Two equal requests ask for the same reply.</summary>
/// <param name="IdempotencyKey">The idempotency key.</param>
internal abstract record TurnRequest(string IdempotencyKey)
{
    /// <summary>Creates the rows to store.</summary>
    /// <param name="id">The id of the first row.</param>
    /// <param name="now">The time of acceptance.</param>
    /// <param name="head">The room's head, which a new message follows; null in an empty room.</param>
    public abstract AcceptedTurn ToAcceptedTurn(long id, DateTimeOffset now, long? head);

    /// <summary>Whether a stored turn with the same key was accepted for this same request.</summary>
    public abstract bool Matches(StoredTurn stored);

    /// <summary>A pending reply before its first attempt.</summary>
    protected static RoomMessage PendingReply(long id, long questionId, DateTimeOffset now) =>
        new(id, Sender.Ai, "", now, MessageStatus.Queued, ReplyTo: questionId, Attempt: 1, ParentId: questionId);

    /// <summary>A new message and its reply.</summary>
    protected AcceptedTurn NewTurn(long id, long? parentId, string content, DateTimeOffset now) => new(
        new RoomMessage(id, Sender.User, content, now, MessageStatus.Completed, ParentId: parentId),
        PendingReply(id + 1, questionId: id, now),
        IdempotencyKey);
}

/// <summary>A new message.</summary>
internal sealed record PostRequest(string Content, string IdempotencyKey) : TurnRequest(IdempotencyKey)
{
    public override AcceptedTurn ToAcceptedTurn(long id, DateTimeOffset now, long? head) => NewTurn(id, head, Content, now);

    public override bool Matches(StoredTurn stored) =>
        stored is { RegeneratedReplyId: null, EditedMessageId: null } && stored.Message.Content == Content;
}

/// <summary>A new version of a message.</summary>
/// <param name="MessageId">The message that the user edited.</param>
/// <param name="ParentId">The message that both versions follow; null when they are first messages.</param>
/// <param name="Content">The new text.</param>
/// <param name="IdempotencyKey">See <see cref="TurnRequest"/>.</param>
internal sealed record EditRequest(long MessageId, long? ParentId, string Content, string IdempotencyKey) : TurnRequest(IdempotencyKey)
{
    public override AcceptedTurn ToAcceptedTurn(long id, DateTimeOffset now, long? head) =>
        NewTurn(id, ParentId, Content, now) with { EditedMessageId = MessageId };

    public override bool Matches(StoredTurn stored) => stored.EditedMessageId == MessageId && stored.Message.Content == Content;
}

/// <summary>A request for another reply to a message.</summary>
/// <param name="ReplyId">The reply that the user asked to replace.</param>
/// <param name="Question">The message that it answers.</param>
/// <param name="IdempotencyKey">See <see cref="TurnRequest"/>.</param>
internal sealed record RegenerateRequest(long ReplyId, RoomMessage Question, string IdempotencyKey) : TurnRequest(IdempotencyKey)
{
    public override AcceptedTurn ToAcceptedTurn(long id, DateTimeOffset now, long? head) =>
        new(Question, PendingReply(id, Question.Id, now), IdempotencyKey, RegeneratedReplyId: ReplyId);

    public override bool Matches(StoredTurn stored) => stored.RegeneratedReplyId == ReplyId;
}

/// <summary>A request that waits for its acceptance.</summary>
internal sealed class UncommittedTurnRequest(TurnRequest request)
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
