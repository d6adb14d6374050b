using System.Collections.Immutable;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>The writes of rooms as statements.</summary>
internal sealed class RoomWrites(Database database, TimeProvider time)
{
    private const string InsertRoom = """
        insert into rooms (room_id, user_id, name, system_prompt, created_at, updated_at, version, next_id, created_as)
        values (@room, @user, @name, @prompt, @created, @updated, @version, @next, @as)
        on conflict do nothing
        """;

    // The keys can only be there when another activation has accepted them, and then the next id has moved as well.
    // They are looked up one by one, by a subquery that cannot be turned into a join: a planner that has not seen a long
    // room before might read all of it.
    private readonly string _moveNextId = $"""
        update rooms
        set next_id = @next, version = @version, updated_at = @updated, last_accept = @commit
        where room_id = @room and user_id = @user and next_id = @expected
          and (@limit = 0
            or coalesce((select used from usage where user_id = @user and utc_day = @day), 0) + @turns <= @limit)
          and not exists (
            select 1 from {database.ElementsOf("@keys")}
            where (select true from messages where room_id = @room and idempotency_key = k.value))
        """;

    // A lost race leaves nothing to insert. A conflict could only come from a fault in the program, and then raises an
    // error, so that nothing of the acceptance is stored.
    private const string InsertTurn = """
        insert into messages (
          room_id, id, sender, content, created_at, status, reply_to, attempt, idempotency_key, touched_at, charged_day)
        select room_id, @id, 0, @content, @at, @status, null, @attempt, @key, @at, null
        from rooms where room_id = @room and last_accept = @commit
        union all
        select room_id, @replyId, 1, @replyContent, @replyAt, @replyStatus, @replyTo, @replyAttempt, null, @replyAt, @day
        from rooms where room_id = @room and last_accept = @commit
        """;

    private const string AddUsage = """
        insert into usage (user_id, utc_day, used)
        select user_id, @day, @turns from rooms where room_id = @room and last_accept = @commit
        on conflict (user_id, utc_day) do update set used = usage.used + excluded.used
        """;

    private const string StartReply = """
        update messages
        set attempt = @attempt, status = 1, content = '', touched_at = @now
        where room_id = @room and id = @id and attempt = @attempt - 1 and sender = 1 and status < 2
        """;

    private const string CheckpointReply = """
        update messages
        set content = @content, status = 1, touched_at = @now
        where room_id = @room and id = @id and attempt = @attempt and sender = 1 and status < 2
        """;

    public static WriteOperation Create(RoomKey room, RoomRow row) => Operation(room,
    [
        new(InsertRoom,
        [
            ("room", room.RoomId),
            ("user", room.UserId),
            ("name", row.Summary.Name),
            ("prompt", row.SystemPrompt),
            ("created", Millis(row.Summary.CreatedAt)),
            ("updated", Millis(row.Summary.UpdatedAt)),
            ("version", row.Summary.Version),
            ("next", row.NextId),
            ("as", row.CreatedAs),
        ]),
    ]);

    /// <summary>
    /// Moves the room's next id if it is the expected one and leaves a mark; the other statements look for the mark,
    /// so all of them count or none. They stay together in a batch, so a later acceptance cannot overwrite it.
    /// </summary>
    public WriteOperation Accept(Acceptance acceptance)
    {
        var room = acceptance.Room.RoomId;
        var commit = Guid.CreateVersion7(time.GetUtcNow());
        var statements = ImmutableArray.CreateBuilder<Statement>(acceptance.Turns.Length + 2);
        statements.Add(MoveNextId(acceptance, commit));
        statements.AddRange(acceptance.Turns.Select(turn => Insert(acceptance, commit, turn)));
        statements.Add(new Statement(AddUsage,
        [
            ("room", room),
            ("commit", commit),
            ("day", acceptance.UsageDay.DayNumber),
            ("turns", acceptance.Turns.Length),
        ]));
        return Operation(acceptance.Room, statements.DrainToImmutable(), changesUsage: true);
    }

    public static WriteOperation StartAttempt(ReplyFence fence, DateTimeOffset now) => Operation(fence.Room,
    [
        new(StartReply,
        [
            ("room", fence.Room.RoomId), ("id", fence.ReplyId), ("attempt", fence.Attempt), ("now", Millis(now)),
        ]),
    ]);

    public static WriteOperation Checkpoint(ReplyFence fence, string text, DateTimeOffset now) => Operation(fence.Room,
    [
        new(CheckpointReply,
        [
            ("room", fence.Room.RoomId),
            ("id", fence.ReplyId),
            ("attempt", fence.Attempt),
            ("content", text),
            ("now", Millis(now)),
        ]),
    ]);

    public WriteOperation Finish(ReplyFence fence, RoomMessage reply, RoomSummary summary, bool refund)
    {
        ImmutableArray<(string, SqlValue)> parameters =
        [
            ("room", fence.Room.RoomId),
            ("user", fence.Room.UserId),
            ("id", fence.ReplyId),
            ("attempt", fence.Attempt),
            ("content", reply.Content),
            ("status", (int)reply.Status),
            ("reason", reply.Reason),
            ("model", reply.Model),
            ("input", reply.Usage?.InputTokens),
            ("output", reply.Usage?.OutputTokens),
            ("updated", Millis(summary.UpdatedAt)),
            ("version", summary.Version),
        ];
        var statements = refund ? database.FinishReplyAndRefund : database.FinishReply;
        return Operation(
            fence.Room, [.. statements.Select(sql => new Statement(sql, parameters))], changesUsage: refund);
    }

    private Statement MoveNextId(Acceptance acceptance, Guid commit) => new(_moveNextId,
    [
        ("room", acceptance.Room.RoomId),
        ("user", acceptance.Room.UserId),
        ("expected", acceptance.ExpectedNextId),
        ("next", acceptance.Turns[^1].Reply.Id + 1),
        ("version", acceptance.Summary.Version),
        ("updated", Millis(acceptance.Summary.UpdatedAt)),
        ("commit", commit),
        ("day", acceptance.UsageDay.DayNumber),
        ("turns", acceptance.Turns.Length),
        ("limit", acceptance.DailyLimit),
        ("keys", acceptance.Turns.Select(turn => turn.Key).ToArray()),
    ]);

    private static Statement Insert(Acceptance acceptance, Guid commit, AcceptedTurn turn) => new(InsertTurn,
    [
        ("room", acceptance.Room.RoomId),
        ("commit", commit),
        ("day", acceptance.UsageDay.DayNumber),
        ("id", turn.Message.Id),
        ("content", turn.Message.Content),
        ("at", Millis(turn.Message.Timestamp)),
        ("status", (int)turn.Message.Status),
        ("attempt", turn.Message.Attempt),
        ("key", turn.Key),
        ("replyId", turn.Reply.Id),
        ("replyContent", turn.Reply.Content),
        ("replyAt", Millis(turn.Reply.Timestamp)),
        ("replyStatus", (int)turn.Reply.Status),
        ("replyTo", turn.Reply.ReplyTo),
        ("replyAttempt", turn.Reply.Attempt),
    ]);

    private static WriteOperation Operation(
        RoomKey room, ImmutableArray<Statement> statements, bool changesUsage = false) =>
        new(WrittenTable.Rooms, room.RoomId, room.UserId, statements) { ChangesUsage = changesUsage };

    private static long Millis(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds();
}
