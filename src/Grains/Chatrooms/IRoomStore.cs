using System.Diagnostics;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The durable rows of rooms and messages. A write is durable when its task completes.
/// </summary>
/// <remarks>
/// Writes of many rooms share a transaction, but each has its own outcome. <c>false</c> means that the row is not in the
/// state that the caller expects, because another activation has written it. Every method may throw
/// <see cref="StoreUnavailableException"/> (nothing was stored). Writes may also throw
/// <see cref="StoreOutcomeUnknownException"/>.
/// </remarks>
public interface IRoomStore
{
    /// <summary>
    /// Reads a room, its newest messages (at most <paramref name="tail"/>), and all of its pending replies. Null when the
    /// room has no row.
    /// </summary>
    Task<StoredRoom?> Load(RoomKey room, int tail);

    /// <summary>
    /// Inserts a room's row, and copies of messages of another room of the user; false when a room with that id exists or existed
    /// before.
    /// </summary>
    Task<bool> Create(RoomKey room, RoomRow row, RoomCopy? copy = null);

    /// <summary>
    /// Stores turns and counts them for their day. It stores the first ones, as many as two limits allow: the day's limit
    /// and the maximum of all accepted turns (<see cref="DailyUsage.AcceptedLimitMultiplier"/>). No other code checks the
    /// day's limit.
    /// </summary>
    Task<AcceptanceOutcome> Accept(Acceptance acceptance);

    /// <summary>Moves a pending reply from the previous attempt to this one, and clears its text.</summary>
    Task<bool> StartAttempt(ReplyFence fence, DateTimeOffset now);

    /// <summary>Stores the current text of a pending reply, and the time at which its activation was last alive.</summary>
    Task<bool> Checkpoint(ReplyFence fence, string text, DateTimeOffset now);

    /// <summary>Stores the end of a pending reply and the room's activity.</summary>
    /// <param name="fence">Names the reply and its attempt.</param>
    /// <param name="reply">The finished reply.</param>
    /// <param name="room">The room's activity and version.</param>
    /// <param name="refund">
    /// Whether the reply is given back to the day that it was counted for, in the same transaction.
    /// </param>
    /// <param name="title">The title for a room that still has the default name; null to keep the name.</param>
    Task<bool> Finish(ReplyFence fence, RoomMessage reply, RoomSummary room, Refund refund = Refund.None, string? title = null);

    /// <summary>Stores the feedback to a finished reply, null for none; false when there is no such reply.</summary>
    Task<bool> SetFeedback(RoomKey room, long replyId, MessageFeedback? feedback);

    /// <summary>
    /// Stores name, system prompt, pin and archive; false when the stored ones, or the room's version, differ from what the caller
    /// knows.
    /// </summary>
    /// <param name="room">The room.</param>
    /// <param name="row">The new row. Its version is higher than any earlier one.</param>
    /// <param name="expected">The row's settings version as the caller knows it. It is the fence.</param>
    Task<bool> ChangeSettings(RoomKey room, RoomRow row, long expected);

    /// <summary>
    /// Deletes a room. Its row is removed, no fence matches its pending replies any more, and its id cannot be used
    /// again. Nothing reads its messages any more; they are removed later. False when there is no row, or when the room
    /// has been used.
    /// </summary>
    /// <param name="room">The room.</param>
    /// <param name="now">The time of the deletion.</param>
    /// <param name="unusedSince">Its last activity must be before this time; null for no condition.</param>
    Task<bool> Delete(RoomKey room, DateTimeOffset now, DateTimeOffset? unusedSince = null);

    /// <summary>Whether the user had this room and deleted it.</summary>
    Task<bool> WasDeleted(RoomKey room);

    /// <summary>
    /// Reads the newest messages with an id below <paramref name="before"/>, in the order of their ids. There are fewer
    /// than <paramref name="limit"/> when their text exceeds <see cref="IChatroomGrain.MaxPageLength"/>, but at least
    /// one.
    /// </summary>
    Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, long before, int limit);

    /// <summary>Reads one message; null when there is none.</summary>
    Task<RoomMessage?> ReadMessage(RoomKey room, long messageId);

    /// <summary>
    /// Reads the messages with these ids, in the order of their ids. The oldest ones are left out when the text exceeds
    /// <paramref name="maxTextLength"/>, but at least one is read.
    /// </summary>
    Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, ImmutableArray<long> ids, long maxTextLength);

    /// <summary>The bytes of the texts of some messages.</summary>
    Task<long> MeasureText(RoomKey room, ImmutableArray<IdRange> ranges);

    /// <summary>
    /// Stores the head that the user has chosen; false when the room's next id is not the expected one, or the room does not exist.
    /// </summary>
    /// <param name="room">The room.</param>
    /// <param name="head">The head.</param>
    /// <param name="expected">The row's next id and chosen head as the caller knows them. They are the fence.</param>
    /// <param name="version">The room's new version.</param>
    Task<bool> ChooseHead(RoomKey room, long head, RoomFence expected, long version);

    /// <summary>Finds the turn that was accepted with an idempotency key.</summary>
    Task<StoredTurn?> FindTurn(RoomKey room, string key);

    /// <summary>
    /// Lists rooms, in the order of their ids, whose pending replies were all last written before a given time. An
    /// acceptance, the start of an attempt and a checkpoint count as writes.
    /// </summary>
    /// <param name="untouchedSince">The given time.</param>
    /// <param name="after">Only rooms with a higher id; <see cref="Guid.Empty"/> for the first page.</param>
    /// <param name="limit">The maximum number of rooms.</param>
    Task<ImmutableArray<RoomKey>> ListRoomsWithPendingTurns(DateTimeOffset untouchedSince, Guid after, int limit);
}

/// <summary>A room's row.</summary>
/// <param name="Summary">What the owner's room list shows.</param>
/// <param name="SystemPrompt">Instructions to the model for every turn; null for none.</param>
/// <param name="NextId">The id of the next message.</param>
/// <param name="CreationFingerprint">A fingerprint of the request that created the room, at most 64 characters.</param>
/// <param name="IsNamed">
/// Whether the room has a name from the user or a generated title. False while it has the default name.
/// </param>
/// <param name="ChosenHead">The head that the user chose after the newest message was accepted; null for none.</param>
/// <param name="Options">How replies are made unless a request says otherwise; null for the service's defaults.</param>
public sealed record RoomRow(
    RoomSummary Summary,
    string? SystemPrompt,
    long NextId,
    string CreationFingerprint,
    bool IsNamed = true,
    long? ChosenHead = null,
    ReplyOptions? Options = null);

/// <summary>A room as read from the store.</summary>
/// <param name="Row">The room's row.</param>
/// <param name="Tail">The newest messages, in the order of their ids.</param>
/// <param name="OlderPending">The pending replies before these, in the order of their ids.</param>
/// <param name="Branches">The messages of which the store knows the parent, in the order of their ids.</param>
public sealed record StoredRoom(
    RoomRow Row, ImmutableArray<RoomMessage> Tail, ImmutableArray<RoomMessage> OlderPending, ImmutableArray<StoredBranch> Branches);

/// <summary>The parent of a message, as the store knows it.</summary>
/// <param name="Id">The message.</param>
/// <param name="ParentId">The message that it follows; 0 for a first message.</param>
/// <param name="IsOfPreviousVersion">Whether it is a reply that was regenerated before rooms had branches.</param>
public readonly record struct StoredBranch(long Id, long ParentId, bool IsOfPreviousVersion);

/// <summary>A message and its reply, accepted with an idempotency key.</summary>
/// <param name="Message">The message.</param>
/// <param name="Reply">The reply: the first one or a regenerated one.</param>
/// <param name="RegeneratedReplyId">For a regenerated reply, the reply that the user asked to replace.</param>
/// <param name="EditedMessageId">For an edited message, the message that it is a new version of.</param>
public sealed record StoredTurn(
    RoomMessage Message, RoomMessage Reply, long? RegeneratedReplyId = null, long? EditedMessageId = null);

/// <summary>Turns to accept in one commit.</summary>
/// <param name="Room">The room.</param>
/// <param name="ExpectedNextId">The row's next id as the caller knows it. It is the fence.</param>
/// <param name="Turns">At least one turn. New messages have consecutive ids from <paramref name="ExpectedNextId"/>.</param>
/// <param name="Summary">The room's new activity and version.</param>
/// <param name="At">
/// The time of acceptance. The turns count for its UTC day, one each, and it decides which tier is in force.
/// </param>
/// <param name="Limits">The daily limits of the tiers.</param>
/// <param name="ExpectedHead">
/// The head that the user has chosen, as the caller knows it; null for none. It is a part of the fence.
/// </param>
public sealed record Acceptance(
    RoomKey Room,
    long ExpectedNextId,
    ImmutableArray<AcceptedTurn> Turns,
    RoomSummary Summary,
    DateTimeOffset At,
    TierOptions Limits,
    long? ExpectedHead = null)
{
    /// <summary>The files of all new messages, each once.</summary>
    public ImmutableArray<Guid> Files => [.. Turns.SelectMany(turn => turn.NewFiles).Distinct()];

    public DateOnly UsageDay => DateOnly.FromDateTime(At.UtcDateTime);

    /// <summary>The same acceptance with only its first turns.</summary>
    public Acceptance First(int turns) => this with { Turns = Turns[..turns] };
}

/// <summary>The outcome of an <see cref="Acceptance"/>. Nothing is stored unless the outcome says so.</summary>
public abstract record AcceptanceOutcome
{
    /// <summary>The first turns are stored, at least one. The limit refused the rest.</summary>
    /// <param name="Turns">How many turns are stored.</param>
    /// <param name="Usage">The day's usage, including these turns.</param>
    public sealed record Accepted(int Turns, DailyUsage Usage) : AcceptanceOutcome;

    /// <summary>The day's limit allows none of them.</summary>
    public sealed record LimitReached(DailyUsage Usage) : AcceptanceOutcome;

    /// <summary>The key of at least one turn is already stored, by this or another activation.</summary>
    public sealed record KeyKnown : AcceptanceOutcome;

    /// <summary>The user does not have one of the files any more.</summary>
    public sealed record FileAbsent : AcceptanceOutcome;

    /// <summary>The user has been deleted.</summary>
    public sealed record UserDeleted : AcceptanceOutcome;

    /// <summary>The room's next id or head is not the expected one: another activation took over the room or deleted it.</summary>
    public sealed record Fenced : AcceptanceOutcome;
}

/// <summary>One accepted turn, with the rows to store.</summary>
/// <param name="Message">The message to answer. It is new unless the turn is a regenerate.</param>
/// <param name="Reply">The new reply.</param>
/// <param name="IdempotencyKey">The idempotency key.</param>
/// <param name="RegeneratedReplyId">
/// For a regenerate, the reply that the user asked to replace. The new reply supersedes all earlier replies to the same
/// message.
/// </param>
/// <param name="EditedMessageId">For an edit, the message that the new one is a version of.</param>
/// <param name="StoresParent">
/// Whether the turn's first new message does not follow the room's newest message. Its parent is then stored.
/// </param>
/// <param name="TraceContext">The trace of the call that asked for the turn. It is not stored.</param>
public sealed record AcceptedTurn(
    RoomMessage Message,
    RoomMessage Reply,
    string IdempotencyKey,
    long? RegeneratedReplyId = null,
    long? EditedMessageId = null,
    bool StoresParent = false,
    ActivityContext TraceContext = default)
{
    /// <summary>The files of the new message; empty when there is no new message.</summary>
    public IEnumerable<Guid> NewFiles =>
        RegeneratedReplyId is null && !Message.Attachments.IsDefault ? Message.Attachments.Select(file => file.Id) : [];
}

/// <summary>
/// Names a reply and its attempt. A write takes effect only if the reply is still pending and at this attempt.
/// </summary>
public sealed record ReplyFence(RoomKey Room, long ReplyId, int Attempt);

/// <summary>What another activation changes when it takes over a room.</summary>
/// <param name="NextId">The room's next id.</param>
/// <param name="ChosenHead">The head that the user has chosen since the newest message; null for none.</param>
public readonly record struct RoomFence(long NextId, long? ChosenHead);
