namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>
/// A room: its row, the newest messages of its conversation, its queue of turns, the running reply and the readers of
/// that reply. Key: <see cref="RoomKey"/>.
/// </summary>
/// <remarks>
/// Every method interleaves with every other: a stop, a read or an attach never waits for the model or for a commit. A
/// method returns a consistent view of one moment; another call may have changed the room since. A key without a row
/// returns an "absent" outcome and keeps no activation in memory. Each method may throw
/// <see cref="StoreUnavailableException"/> (nothing was stored), <see cref="StoreOutcomeUnknownException"/>, or
/// <see cref="Orleans.Storage.InconsistentStateException"/> when another activation has taken over the room.
/// </remarks>
[Alias("geminichat.IChatroomGrain")]
public interface IChatroomGrain : IGrainWithStringKey
{
    /// <summary>
    /// Creates the room's row. When the call returns, the room is durable and in the owner's list. Safe to repeat: the
    /// same request gets the same outcome.
    /// </summary>
    [Alias("Create")]
    Task<CreateRoomOutcome> Create(NewRoom room);

    /// <summary>The outcome of the request that created the room as a copy, for a repeat of the request.</summary>
    /// <param name="request"><see cref="RoomCopy.Request"/> of the repeat.</param>
    /// <returns>Null when the room has not been created.</returns>
    [Alias("FindCopy")]
    Task<CreateRoomOutcome?> FindCopy(string request);

    /// <summary>Whether the room exists. A deleted room stays deleted: its id is never used again.</summary>
    [Alias("CheckExistence")]
    Task<RoomExistence> CheckExistence();

    /// <summary>Reads the room with a page of its messages. It is read from memory, unless the page is far back.</summary>
    /// <param name="limit">
    /// The maximum number of messages, 1 to 100. There are fewer when their text exceeds <see cref="MaxPageLength"/>, but
    /// at least one.
    /// </param>
    /// <param name="before">Only messages with a lower id; null for the newest.</param>
    [Alias("Read")]
    Task<RoomView?> Read(int limit, long? before);

    /// <summary>Reads the room with a page of the shown branch, as <see cref="Read"/> does with all messages.</summary>
    /// <param name="limit">See <see cref="Read"/>.</param>
    /// <param name="before">See <see cref="Read"/>.</param>
    [Alias("ReadBranch")]
    Task<RoomView?> ReadBranch(int limit, long? before);

    /// <summary>The path from the first message to a message.</summary>
    /// <param name="last">The message; null for the head.</param>
    /// <returns>Null when the room or the message does not exist.</returns>
    [Alias("GetBranch")]
    Task<RoomBranch?> GetBranch(long? last);

    /// <summary>Reads one message; null when there is none.</summary>
    [Alias("ReadMessage")]
    Task<RoomMessage?> ReadMessage(long messageId);

    /// <summary>The user's message of the turn that was accepted with an idempotency key; null when there is none.</summary>
    [Alias("FindMessageOfKey")]
    Task<RoomMessage?> FindMessageOfKey(string idempotencyKey);

    /// <summary>
    /// Accepts a message and queues its reply. Both are durable when the call returns, and the reply will be produced
    /// even if this process ends. Safe to repeat with the same key: the outcome is then the stored turn in its current
    /// state.
    /// </summary>
    [Alias("Post")]
    Task<PostOutcome> Post(NewMessage message);

    /// <summary>
    /// Accepts a new version of a user's message and queues its reply, as <see cref="Post"/> does. It follows the message that
    /// the earlier version follows.
    /// </summary>
    /// <param name="messageId">The earlier version.</param>
    /// <param name="message">The new version.</param>
    [Alias("Edit")]
    Task<PostOutcome> Edit(long messageId, NewMessage message);

    /// <summary>
    /// Queues another reply to the same message in place of a finished one. It is durable when the call returns, and
    /// supersedes all earlier replies to that message. Its context is the path to the message. Safe to repeat with
    /// the same key, like <see cref="Post"/>. Posts and regenerates share one set of keys.
    /// </summary>
    /// <param name="replyId">Any reply to the message.</param>
    /// <param name="idempotencyKey">The idempotency key, as in <see cref="NewMessage"/>.</param>
    /// <param name="options">How the reply is made; null for the room's defaults.</param>
    [Alias("Regenerate")]
    Task<PostOutcome> Regenerate(long replyId, string idempotencyKey, ReplyOptions? options = null);

    /// <summary>
    /// Waits for text of a reply after a cursor, at most <see cref="LongPollTimeout"/>. Any number of readers may wait; a
    /// reader cannot slow down the model or another reader. A reader that passes each <see cref="ReplyProgress.Next"/> to
    /// the next call gets exactly the stored text, at most <see cref="MaxChunkLength"/> at a time. Safe to repeat.
    /// </summary>
    /// <param name="replyId">The reply's message id.</param>
    /// <param name="from">
    /// Where to continue. A cursor of another attempt, past the end or inside a code point gets
    /// <see cref="ReplyProgress.IsReset"/> and the text from its start.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when the room has no such reply.</returns>
    [ResponseTimeout(ResponseTimeouts.LongPoll), Alias("Follow")]
    Task<ReplyProgress?> Follow(long replyId, ReplyCursor from, CancellationToken cancellationToken);

    /// <summary>
    /// Stops a reply and keeps the text that has arrived. When the call returns, this is durable and the connection to
    /// the model is closed. A finished reply is returned unchanged; null when the reply does not exist. Safe to repeat.
    /// </summary>
    [Alias("Stop")]
    Task<RoomMessage?> Stop(long replyId);

    /// <summary>
    /// Stores what the user thinks of a reply, in place of what was stored before. Durable when the call returns. Safe to
    /// repeat.
    /// </summary>
    /// <param name="replyId">The reply.</param>
    /// <param name="feedback">What the user thinks; null to remove it.</param>
    /// <returns>The reply. A pending reply is returned without a change. Null when the reply does not exist.</returns>
    [Alias("SetFeedback")]
    Task<RoomMessage?> SetFeedback(long replyId, MessageFeedback? feedback);

    /// <summary>
    /// Changes what the user can set of a room. When the call returns, the change is durable and in the owner's list. A new
    /// prompt applies from the next turn that starts. Safe to repeat: a change that is already applied succeeds.
    /// </summary>
    [Alias("Update")]
    Task<UpdateRoomOutcome> Update(RoomPatch patch);

    /// <summary>
    /// Deletes the room for good. The running reply is canceled, and no late write restores a row. When the call returns,
    /// this is durable and the room is removed from the owner's list. Safe to repeat.
    /// </summary>
    /// <returns>False when the user never had this room.</returns>
    [Alias("Delete")]
    Task<bool> Delete();

    /// <summary>
    /// Deletes the room as <see cref="Delete"/> does, if its last activity was before a given time. A post that is
    /// accepted first keeps the room. Safe to repeat.
    /// </summary>
    /// <returns>Whether the room is deleted.</returns>
    [Alias("DeleteIfUnusedSince")]
    Task<bool> DeleteIfUnusedSince(DateTimeOffset since);

    /// <summary>Starts the pending replies. Does nothing when the room is already running turns. Safe to repeat.</summary>
    [Alias("Wake")]
    Task Wake();

    /// <summary>
    /// Deactivates the room if no turn is pending and no write is running. A caller that reads many rooms does not leave all of
    /// them in memory then. Safe to repeat.
    /// </summary>
    [Alias("DeactivateIfIdle")]
    Task DeactivateIfIdle();

    /// <summary>
    /// The maximum code units that <see cref="Follow"/> returns. It bounds the memory that a stalled reader holds.
    /// </summary>
    const int MaxChunkLength = 8 * 1024;

    /// <summary>
    /// The maximum code units in a page of <see cref="Read"/>, not counting text that the running reply adds. It is more
    /// than the total length of all questions that may wait in a room.
    /// </summary>
    const int MaxPageLength = 1_000_000;

    /// <summary>The maximum time that <see cref="Follow"/> waits for new text.</summary>
    static readonly TimeSpan LongPollTimeout = TimeSpan.FromSeconds(5);
}
