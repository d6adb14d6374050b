using System.Collections.Immutable;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>The writes of rooms as statements.</summary>
internal sealed partial class RoomWrites(Database database, TimeProvider time)
{
    private const string InsertRoom = """
        insert into rooms (room_id, user_id, name, system_prompt, created_at, updated_at, version, next_id, created_as)
        values (@room, @user, @name, @prompt, @created, @updated, @version, @next, @as)
        on conflict do nothing
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

    private static WriteOperation Operation(
        RoomKey room, ImmutableArray<Statement> statements, bool changesUsage = false) =>
        new(WrittenTable.Rooms, room.RoomId, room.UserId, statements) { ChangesUsage = changesUsage };

    private static long Millis(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds();
}
