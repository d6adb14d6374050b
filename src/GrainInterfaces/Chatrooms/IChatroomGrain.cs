namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>
/// A room: its row, the newest part of its conversation, its queue of turns, the reply being written and the readers
/// of it. Key: <see cref="RoomKey"/>.
/// </summary>
/// <remarks>
/// Every method interleaves with every other: a stop, a read or an attach never waits behind the model or behind a
/// commit. What a method returns is a consistent view of one moment, and another call may have moved on since. A key
/// without a row answers "absent" and leaves no activation behind. Each method may throw
/// <see cref="StoreUnavailableException"/> (nothing stored), <see cref="StoreOutcomeUnknownException"/>, or
/// <see cref="Orleans.Storage.InconsistentStateException"/> when another activation has taken the room over.
/// </remarks>
[Alias("geminichat.IChatroomGrain")]
public interface IChatroomGrain : IGrainWithStringKey
{
    /// <summary>
    /// Creates the room's row. Durable when it returns, and in the owner's list. Safe to repeat: the same request
    /// answers as the first did.
    /// </summary>
    [Alias("Create")]
    Task<CreateRoomOutcome> Create(NewRoom room);

    /// <summary>Reads the room with a page of its messages. From memory, unless the page lies far back.</summary>
    /// <param name="limit">
    /// How many messages at most, 1 to 100. There are fewer when they have more than <see cref="MaxPageLength"/> of text
    /// together; one at least.
    /// </param>
    /// <param name="before">Only messages with a lower id; null for the newest.</param>
    [Alias("Read")]
    Task<RoomView?> Read(int limit, long? before);

    /// <summary>Reads one message; null when there is none.</summary>
    [Alias("ReadMessage")]
    Task<RoomMessage?> ReadMessage(long messageId);

    /// <summary>
    /// Accepts a message and queues its reply. Both are durable when it returns, and will be answered whatever
    /// happens to this process. Safe to repeat with the same key: the stored turn answers, whatever its state.
    /// </summary>
    [Alias("Post")]
    Task<PostOutcome> Post(NewMessage message);

    /// <summary>
    /// Queues another reply in the place of a finished one, to the same message. It is durable when it returns, and
    /// supersedes all earlier replies to that message. Its context is the turns before the message. Safe to repeat with
    /// the same key, as <see cref="Post"/> is; posts and regenerates share one space of keys.
    /// </summary>
    /// <param name="replyId">Any reply to the message.</param>
    /// <param name="idempotencyKey">The idempotency key, as of <see cref="NewMessage"/>.</param>
    [Alias("Regenerate")]
    Task<PostOutcome> Regenerate(long replyId, string idempotencyKey);

    /// <summary>
    /// Waits for text of a reply beyond a cursor, at most <see cref="LongPollTimeout"/>. Any number of readers may wait;
    /// none can slow the model or another reader. Reading from one answer's <see cref="ReplyProgress.Next"/> to the
    /// next rebuilds exactly the stored text, <see cref="MaxChunkLength"/> at a time. Safe to repeat.
    /// </summary>
    /// <param name="replyId">The reply's message id.</param>
    /// <param name="from">
    /// Where to read on. A cursor of another attempt, past the end or inside a code point answers with
    /// <see cref="ReplyProgress.IsReset"/> and the text from its start.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when the room has no such reply.</returns>
    [ResponseTimeout(ResponseTimeouts.LongPoll), Alias("Follow")]
    Task<ReplyProgress?> Follow(long replyId, ReplyCursor from, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a reply and keeps what has arrived. Durable when it returns, and the connection to the model is closed.
    /// A finished reply is returned as it is; null when there is no such reply. Safe to repeat.
    /// </summary>
    [Alias("Stop")]
    Task<RoomMessage?> Stop(long replyId);

    /// <summary>
    /// Changes name or system prompt. Durable when it returns, and in the owner's list; a new prompt holds from the next
    /// turn that starts. Safe to repeat: what is so already counts as done.
    /// </summary>
    [Alias("Update")]
    Task<UpdateRoomOutcome> Update(RoomPatch patch);

    /// <summary>
    /// Deletes the room for good: the running reply is broken off, and no late write brings a row back. Durable when it
    /// returns, and out of the owner's list. Safe to repeat.
    /// </summary>
    /// <returns>False when the user never had such a room.</returns>
    [Alias("Delete")]
    Task<bool> Delete();

    /// <summary>Takes up the replies that are still owed. Does nothing to a room that is at work. Safe to repeat.</summary>
    [Alias("Wake")]
    Task Wake();

    /// <summary>The most code units that <see cref="Follow"/> returns: all that a reader who stalls holds in memory.</summary>
    const int MaxChunkLength = 8 * 1024;

    /// <summary>
    /// The most code units in a page of <see cref="Read"/>, but for what the running reply adds: more than all questions
    /// that may wait in a room have together.
    /// </summary>
    const int MaxPageLength = 1_000_000;

    /// <summary>The longest that <see cref="Follow"/> waits for news.</summary>
    static readonly TimeSpan LongPollTimeout = TimeSpan.FromSeconds(5);
}
