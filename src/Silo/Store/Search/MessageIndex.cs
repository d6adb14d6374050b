using System.Buffers.Binary;
using System.Data.Common;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store.Search;

/// <summary>
/// The index of the words of messages. Its statements run in the transaction that stores the message, and change nothing if
/// the message has its words already.
/// </summary>
internal abstract class MessageIndex
{
    // The reply has ended in this way, before or in this transaction, and the room is not deleted.
    private const string FromFinishedReply = """
        from rooms r join messages m on m.room_id = r.room_id
        where r.room_id = @room and r.user_id = @user and m.id = @id and m.attempt = @attempt and m.status = @status
        """;

    // The room is not deleted, and it is in the search.
    private const string FromRoom = "from rooms where room_id = @room and user_id = @user and is_temporary = 0";

    /// <summary>Removes some of the words of a deleted room.</summary>
    public const string DeleteWords = """
        delete from message_words
        where room_id = @room and id < (select min(id) + 100 from message_words where room_id = @room)
          and exists (select 1 from deleted_rooms where room_id = @room)
        """;

    // The words of the originals may not be complete yet.
    private const string CopyUnindexed = """
        insert into unindexed_rooms
        select r.room_id from rooms r
        where r.room_id = @room and exists (select 1 from unindexed_rooms u where u.room_id = @source)
        on conflict do nothing
        """;

    /// <summary>The rows <c>w</c> of <c>message_words</c> that belong to copied messages.</summary>
    protected const string FromCopies = """
        from message_words w
        join messages m on m.room_id = @room and m.id = w.id - @shift
        where w.room_id = @source and w.id between @first and @last
          and exists (select 1 from rooms r where r.room_id = @room and r.user_id = @user and r.is_temporary = 0)
        """;

    private string InsertAccepted => field ??= Insert(RoomWrites.IsAccepted);

    private string InsertFinished => field ??= Insert(FromFinishedReply);

    private string InsertMissing => field ??= InsertExisting(FromRoom);

    /// <summary>Adds a message of an acceptance. Empty if it has no words, or its room is in no search.</summary>
    /// <param name="room">The room.</param>
    /// <param name="summary">The room's state.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="acceptance">The parameters that identify the acceptance.</param>
    public ImmutableArray<Statement> AddAccepted(
        RoomKey room, RoomSummary summary, AcceptedTurn turn, ImmutableArray<(string, SqlValue)> acceptance) =>
        summary.IsTemporary
            ? []
            : Add(
                InsertAccepted,
                room,
                turn.Message.Id,
                turn.Message.Content,
                turn.Message.Timestamp.ToUnixTimeMilliseconds(),
                [.. acceptance, ("replyId", turn.Reply.Id)]);

    /// <summary>Adds a reply that ends. Empty if it has no words, or its room is in no search.</summary>
    public ImmutableArray<Statement> AddFinished(ReplyFence fence, RoomSummary summary, RoomMessage reply) =>
        summary.IsTemporary
            ? []
            : Add(
                InsertFinished,
                fence.Room,
                reply.Id,
                reply.Content,
                summary.UpdatedAt.ToUnixTimeMilliseconds(),
                [
                    ("room", fence.Room.RoomId), ("user", fence.Room.UserId), ("attempt", fence.Attempt), ("status", (int)reply.Status),
                ]);

    /// <summary>Adds a message that was stored before. Empty if it has no words.</summary>
    public ImmutableArray<Statement> AddExisting(RoomKey room, UnindexedMessage message) => Add(
        InsertMissing, room, message.Id, message.Content, message.At, [("room", room.RoomId), ("user", room.UserId)]);

    /// <summary>Adds the copies of messages of another room, with the words of the originals.</summary>
    /// <param name="room">The room of the copies.</param>
    /// <param name="source">The other room, of the same user.</param>
    /// <param name="range">The messages that were copied. The copies have ids that are lower by <paramref name="shift"/>.</param>
    /// <param name="shift">See <paramref name="range"/>.</param>
    /// <param name="at">The time of the copy.</param>
    public ImmutableArray<Statement> AddCopies(RoomKey room, RoomKey source, IdRange range, long shift, DateTimeOffset at) =>
    [
        new(InsertCopies,
        [
            ("room", room.RoomId),
            ("user", room.UserId),
            ("source", source.RoomId),
            ("first", range.First),
            ("last", range.Last),
            ("shift", shift),
            ("seq", NumberOf(room, 0, at.ToUnixTimeMilliseconds())),
            ("key", MessageWords.KeyOf(room.UserId)),
            ("from", MessageWords.WordOf(source.RoomId)),
            ("to", MessageWords.WordOf(room.RoomId)),
        ]),
        new(CopyUnindexed, [("room", room.RoomId), ("source", source.RoomId)]),
    ];

    /// <summary>
    /// Selects the newest messages before the number <c>@before</c> that match <c>@match</c>, at most <c>@limit</c>, in rooms of
    /// <c>@user</c>: their numbers, rooms, rooms' names, and the columns of the messages.
    /// </summary>
    public abstract string Select { get; }

    /// <summary>The same for a search in the room <c>@room</c>, which may have numbers of its own.</summary>
    public virtual string SelectInRoom => Select;

    /// <summary>The value of <c>@match</c> for terms that are all wanted.</summary>
    public abstract string Match(IEnumerable<SearchTerm> terms);

    /// <summary>Prepares a connection for a query, which is ended after a time unless the result is disposed before.</summary>
    public abstract Task<IAsyncDisposable> BeginQuery(DbConnection connection, TimeSpan limit);

    /// <summary>Whether a query failed because its time was over.</summary>
    public abstract bool IsTimeout(DbException failure);

    /// <summary>Inserts the row of a message if the condition's tables have a row.</summary>
    protected abstract string Insert(string condition);

    /// <summary>The same for a message that was stored before: its number does not come after those of newer messages.</summary>
    protected abstract string InsertExisting(string condition);

    /// <summary>Inserts the rows of copies: with the room's word <c>@to</c> in the place of <c>@from</c>.</summary>
    protected abstract string InsertCopies { get; }

    /// <summary>The value of the column <c>words</c>.</summary>
    protected abstract string Format(IReadOnlyList<string> words, string userKey);

    private ImmutableArray<Statement> Add(
        string sql, RoomKey room, long id, string content, long at, ImmutableArray<(string, SqlValue)> condition)
    {
        var words = MessageWords.Of(room, content);
        if (words.Count == 0)
        {
            return [];
        }

        var key = MessageWords.KeyOf(room.UserId);
        return [new Statement(
            sql, [.. condition, ("id", id), ("seq", NumberOf(room, id, at)), ("key", key), ("words", Format(words, key))])];
    }

    // Messages of one millisecond differ in the lower bits, as a rule.
    private static long? NumberOf(RoomKey room, long id, long at)
    {
        const int Bits = 20;
        const uint Mask = (1 << Bits) - 1;
        const long Latest = long.MaxValue >> (Bits + 1);
        Span<byte> bytes = stackalloc byte[16];
        room.RoomId.TryWriteBytes(bytes, bigEndian: true, out _);
        var ofRoom = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        return (Math.Clamp(at, 0, Latest) << Bits) | ((ofRoom + (uint)id) & Mask);
    }
}
