using System.Diagnostics;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The durable rows of rooms and messages. A write is durable when its task completes.
/// </summary>
/// <remarks>
/// Writes of many rooms share a transaction, and each has its own outcome. <c>false</c> says that the row is not in the
/// state that the caller expects: another activation has written it. Every method may throw
/// <see cref="StoreUnavailableException"/> (nothing stored) and writes also
/// <see cref="StoreOutcomeUnknownException"/>.
/// </remarks>
public interface IRoomStore
{
    /// <summary>
    /// Reads a room, its newest messages, at most <paramref name="tail"/>, and its open replies, wherever they lie; null
    /// when it has no row.
    /// </summary>
    Task<StoredRoom?> Load(RoomKey room, int tail);

    /// <summary>Inserts a room's row; false when a room with that id exists, or did.</summary>
    Task<bool> Create(RoomKey room, RoomRow row);

    /// <summary>
    /// Stores turns and counts them for their day: the first ones, as many as the day's limit and its bound on all that is
    /// accepted (<see cref="DailyUsage.AcceptedLimitMultiplier"/>) allow. This is the only place that judges the limit.
    /// </summary>
    Task<AcceptanceOutcome> Accept(Acceptance acceptance);

    /// <summary>Moves an open reply from the attempt before to this one, and forgets its text.</summary>
    Task<bool> StartAttempt(ReplyFence fence, DateTimeOffset now);

    /// <summary>Stores the text so far of an open reply, and that its room is alive.</summary>
    Task<bool> Checkpoint(ReplyFence fence, string text, DateTimeOffset now);

    /// <summary>Stores the end of an open reply and the room's activity.</summary>
    /// <param name="fence">Names the reply.</param>
    /// <param name="reply">Its end.</param>
    /// <param name="room">The room's activity and version.</param>
    /// <param name="refund">Whether the day that the reply was counted for gets it back, in the same transaction.</param>
    /// <param name="title">The name for a room that has none of its own yet; null to leave it so.</param>
    Task<bool> Finish(ReplyFence fence, RoomMessage reply, RoomSummary room, Refund refund = Refund.None, string? title = null);

    /// <summary>Stores name and system prompt; false when they, or the room's version, are not what the caller knows.</summary>
    /// <param name="room">The room.</param>
    /// <param name="row">The row to be. Its version is higher than any before.</param>
    /// <param name="expected">The row's settings version, as the caller knows it: the fence.</param>
    Task<bool> ChangeSettings(RoomKey room, RoomRow row, long expected);

    /// <summary>
    /// Deletes a room: its row is gone, its open replies are closed to every fence, its id is spent, and its messages,
    /// which nothing reads any more, are removed later. False when there is no row.
    /// </summary>
    Task<bool> Delete(RoomKey room, DateTimeOffset now);

    /// <summary>Whether the user had such a room and deleted it.</summary>
    Task<bool> WasDeleted(RoomKey room);

    /// <summary>
    /// Reads messages with an id below <paramref name="before"/>, the newest of them, in the order of ids; fewer than
    /// <paramref name="limit"/> when they have more than <see cref="IChatroomGrain.MaxPageLength"/> of text, one at least.
    /// </summary>
    Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, long before, int limit);

    /// <summary>Reads one message; null when there is none.</summary>
    Task<RoomMessage?> ReadMessage(RoomKey room, long messageId);

    /// <summary>
    /// Reads the turns before a message: at most <paramref name="limit"/> messages with lower ids, in the order of ids,
    /// and after them those newer replies that stand in the place of replies among them.
    /// </summary>
    Task<ImmutableArray<RoomMessage>> ReadTurnsBefore(RoomKey room, long messageId, int limit);

    /// <summary>Finds the turn that was accepted with an idempotency key.</summary>
    Task<StoredTurn?> FindTurn(RoomKey room, string key);

    /// <summary>
    /// Rooms in the order of their ids, whose open replies were all last touched before a moment: at acceptance, start
    /// of an attempt or checkpoint.
    /// </summary>
    /// <param name="untouchedSince">The moment.</param>
    /// <param name="after">Only rooms with a higher id; <see cref="Guid.Empty"/> for the first page.</param>
    /// <param name="limit">How many rooms at most.</param>
    Task<ImmutableArray<RoomKey>> ListRoomsWithPendingTurns(DateTimeOffset untouchedSince, Guid after, int limit);
}

/// <summary>A room's row.</summary>
/// <param name="Summary">What the owner's list shows.</param>
/// <param name="SystemPrompt">Instructions to the model for every turn; null for none.</param>
/// <param name="NextId">The id that the next message will get.</param>
/// <param name="CreationFingerprint">A fingerprint of the request that created the room, at most 64 characters.</param>
/// <param name="IsNamed">Whether it has a name of its own, from the user or as a title, rather than the default one.</param>
public sealed record RoomRow(
    RoomSummary Summary, string? SystemPrompt, long NextId, string CreationFingerprint, bool IsNamed = true);

/// <summary>A room as read from the store.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Tail">Its newest messages, in the order of their ids.</param>
/// <param name="OlderPending">The open replies before these, in the order of their ids.</param>
public sealed record StoredRoom(RoomRow Row, ImmutableArray<RoomMessage> Tail, ImmutableArray<RoomMessage> OlderPending);

/// <summary>A message and the reply that was accepted with a key.</summary>
/// <param name="Message">The message.</param>
/// <param name="Reply">The reply: the first one, or one that was asked for anew.</param>
/// <param name="RegeneratedReplyId">Of a reply that was asked for anew, the one that the user wanted another of.</param>
public sealed record StoredTurn(RoomMessage Message, RoomMessage Reply, long? RegeneratedReplyId = null);

/// <summary>Turns to accept in one go.</summary>
/// <param name="Room">The room.</param>
/// <param name="ExpectedNextId">The row's next id, as the caller knows it: the fence.</param>
/// <param name="Turns">At least one; their new messages have consecutive ids from <paramref name="ExpectedNextId"/>.</param>
/// <param name="Summary">The room's new activity and version.</param>
/// <param name="At">The moment of acceptance: the turns count for its UTC day, one each, and it says which tier is in force.</param>
/// <param name="Limits">What the day's count must not pass.</param>
public sealed record Acceptance(
    RoomKey Room,
    long ExpectedNextId,
    ImmutableArray<AcceptedTurn> Turns,
    RoomSummary Summary,
    DateTimeOffset At,
    DailyQuotaOptions Limits)
{
    public DateOnly UsageDay => DateOnly.FromDateTime(At.UtcDateTime);

    /// <summary>The first of the turns.</summary>
    public Acceptance First(int turns) => this with { Turns = Turns[..turns] };
}

/// <summary>What became of an <see cref="Acceptance"/>. Unless it says so, nothing is stored.</summary>
public abstract record AcceptanceOutcome
{
    /// <summary>The first turns are stored, at least one. The limit refused the rest.</summary>
    /// <param name="Turns">How many are stored.</param>
    /// <param name="Usage">The day's use, these included.</param>
    public sealed record Accepted(int Turns, DailyUsage Usage) : AcceptanceOutcome;

    /// <summary>The day's limit allows none of them.</summary>
    public sealed record LimitReached(DailyUsage Usage) : AcceptanceOutcome;

    /// <summary>A key of one of them is stored already, whoever stored it.</summary>
    public sealed record KeyKnown : AcceptanceOutcome;

    /// <summary>The user has been deleted.</summary>
    public sealed record UserDeleted : AcceptanceOutcome;

    /// <summary>The room's next id is not the expected one: another activation goes on with the room, or has deleted it.</summary>
    public sealed record Fenced : AcceptanceOutcome;
}

/// <summary>One accepted turn: what to store of it.</summary>
/// <param name="Message">The message to answer: a new one, unless the turn answers it anew.</param>
/// <param name="Reply">The new reply.</param>
/// <param name="IdempotencyKey">The idempotency key.</param>
/// <param name="RegeneratedReplyId">
/// Of a turn that answers a message anew, the reply that the user wants another of. All replies to that message are then
/// superseded by the new one.
/// </param>
/// <param name="TraceContext">The trace of the call that asked for it; it is not stored.</param>
public sealed record AcceptedTurn(
    RoomMessage Message, RoomMessage Reply, string IdempotencyKey, long? RegeneratedReplyId = null, ActivityContext TraceContext = default);

/// <summary>
/// Names a reply that must still be open, and at this attempt, for a write to count.
/// </summary>
public sealed record ReplyFence(RoomKey Room, long ReplyId, int Attempt);
