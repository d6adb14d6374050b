using System.Diagnostics;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>A request for a reply in a room. Two equal requests ask for the same reply.</summary>
/// <param name="IdempotencyKey">The idempotency key.</param>
/// <param name="Options">How the reply is made; null for the room's defaults.</param>
internal abstract record TurnRequest(string IdempotencyKey, ReplyOptions? Options)
{
    /// <summary>The ids of the new message's files, as a text that two equal requests have in common.</summary>
    public string Files { get; init; } = "";

    /// <summary>The ids of files as <see cref="Files"/> has them.</summary>
    public static string ToFiles(IEnumerable<Guid> ids) => string.Join(' ', ids);

    /// <summary>Creates the rows to store.</summary>
    /// <param name="id">The id of the first row.</param>
    /// <param name="now">The time of acceptance.</param>
    /// <param name="head">The room's head, which a new message follows; null in an empty room.</param>
    public abstract AcceptedTurn ToAcceptedTurn(long id, DateTimeOffset now, long? head);

    /// <summary>Whether a stored turn with the same key was accepted for this same request.</summary>
    public bool Matches(StoredTurn stored) => IsFor(stored) && HasOptionsOf(stored.Reply);

    /// <summary>Whether a stored turn with the same key has the content of this request.</summary>
    protected abstract bool IsFor(StoredTurn stored);

    protected bool HasSameFiles(StoredTurn stored) =>
        ToFiles(stored.Message.Attachments.IsDefault ? [] : stored.Message.Attachments.Select(file => file.Id)) == Files;

    /// <summary>A pending reply before its first attempt.</summary>
    protected static RoomMessage PendingReply(long id, long questionId, DateTimeOffset now) =>
        new(id, Sender.Ai, "", now, MessageStatus.Queued, ReplyTo: questionId, Attempt: 1, ParentId: questionId);

    // Without stored options of the request, only the decided ones can be compared. What this request leaves out was then decided by the room.
    private bool HasOptionsOf(RoomMessage reply) => reply.RequestedOptions is { } requested
        ? requested == (Options ?? new ReplyOptions())
        : (Options?.Model is null || Options.Model == reply.Options?.Model)
        && (Options?.Thinking is null || Options.Thinking == reply.Options?.Thinking)
        && (Options?.Search is null || Options.Search == (reply.Options?.Search ?? false));

    /// <summary>A new message and its reply.</summary>
    protected AcceptedTurn NewTurn(long id, long? parentId, string content, DateTimeOffset now) => new(
        new RoomMessage(id, Sender.User, content, now, MessageStatus.Completed, ParentId: parentId),
        PendingReply(id + 1, questionId: id, now),
        IdempotencyKey);
}

/// <summary>A new message.</summary>
internal sealed record PostRequest(string Content, string IdempotencyKey, ReplyOptions? Options = null) : TurnRequest(IdempotencyKey, Options)
{
    public override AcceptedTurn ToAcceptedTurn(long id, DateTimeOffset now, long? head) => NewTurn(id, head, Content, now);

    protected override bool IsFor(StoredTurn stored) =>
        stored is { RegeneratedReplyId: null, EditedMessageId: null } && stored.Message.Content == Content && HasSameFiles(stored);
}

/// <summary>A new version of a message.</summary>
/// <param name="MessageId">The message that the user edited.</param>
/// <param name="ParentId">The message that both versions follow; null when they are first messages.</param>
/// <param name="Content">The new text.</param>
/// <param name="IdempotencyKey">See <see cref="TurnRequest"/>.</param>
/// <param name="Options">See <see cref="TurnRequest"/>.</param>
internal sealed record EditRequest(long MessageId, long? ParentId, string Content, string IdempotencyKey, ReplyOptions? Options = null)
    : TurnRequest(IdempotencyKey, Options)
{
    public override AcceptedTurn ToAcceptedTurn(long id, DateTimeOffset now, long? head) =>
        NewTurn(id, ParentId, Content, now) with { EditedMessageId = MessageId };

    protected override bool IsFor(StoredTurn stored) => stored.EditedMessageId == MessageId && stored.Message.Content == Content && HasSameFiles(stored);
}

/// <summary>A request for another reply to a message.</summary>
/// <param name="ReplyId">The reply that the user asked to replace.</param>
/// <param name="Question">The message that it answers.</param>
/// <param name="IdempotencyKey">See <see cref="TurnRequest"/>.</param>
/// <param name="Options">See <see cref="TurnRequest"/>.</param>
internal sealed record RegenerateRequest(long ReplyId, RoomMessage Question, string IdempotencyKey, ReplyOptions? Options = null)
    : TurnRequest(IdempotencyKey, Options)
{
    public override AcceptedTurn ToAcceptedTurn(long id, DateTimeOffset now, long? head) =>
        new(Question, PendingReply(id, Question.Id, now), IdempotencyKey, RegeneratedReplyId: ReplyId);

    protected override bool IsFor(StoredTurn stored) => stored.RegeneratedReplyId == ReplyId;
}

/// <summary>A request that waits for its acceptance.</summary>
/// <param name="request">The request.</param>
/// <param name="options">How the reply is made, as it was decided.</param>
internal sealed class UncommittedTurnRequest(TurnRequest request, ReplyOptions? options)
{
    private readonly TaskCompletionSource<PostOutcome> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TurnRequest Request => request;

    public ReplyOptions? Options => options;

    /// <summary>The files of the new message; default for none.</summary>
    public ImmutableArray<Attachment> Attachments { get; init; }

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
