using Dapper;
using GeminiChat.Silo.Store.Search;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>
/// Deletes rooms and records their ids, which are never used again. One short transaction makes a room unreachable. Its
/// messages are removed afterwards, some at a time, so that no other write waits for a long room.
/// </summary>
internal sealed class DeletedRooms(Database database, GroupCommit writer, WebhookOutbox webhooks)
{
    private const string InsertTombstone = """
        insert into deleted_rooms (room_id, user_id, deleted_at)
        select room_id, user_id, @now from rooms
        where room_id = @room and user_id = @user and (@unused is null or updated_at < @unused)
        on conflict do nothing
        """;

    // By the tombstone, which has decided: the end of a reply may change the time of the last use in between. An acceptance cannot,
    // because it needs the user's lock.
    private const string DeleteRow = """
        delete from rooms
        where room_id = @room and user_id = @user and exists (select 1 from deleted_rooms where room_id = @room)
        """;

    // Late writes then find no pending reply. It runs after the delete of the row, which waits for an acceptance that is being
    // committed.
    private const string CloseReplies = """
        update messages set status = 3
        where room_id = @room and sender = 1 and status < 2
          and not exists (select 1 from rooms where room_id = @room)
        """;

    private const string IsDeleted = "select count(*) from deleted_rooms where room_id = @room and user_id = @user";

    // The literal makes the partial index deleted_rooms_to_purge usable.
    private const string SelectUnpurged = """
        select room_id, user_id from deleted_rooms where is_purged = 0 order by room_id limit @limit
        """;

    // Ids have no gaps, so this is a thousand rows.
    private const string DeleteMessages = """
        delete from messages
        where room_id = @room and id < (select min(id) + 1000 from messages where room_id = @room)
          and exists (select 1 from deleted_rooms where room_id = @room)
        """;

    private const string DeleteBranches = """
        delete from branches where room_id = @room and exists (select 1 from deleted_rooms where room_id = @room)
        """;

    private const string MarkPurged = "update deleted_rooms set is_purged = 1 where room_id = @room";

    /// <summary>Deletes a room; false when it has no row, or when it has been used since a given time.</summary>
    public async Task<bool> Delete(RoomKey room, DateTimeOffset now, DateTimeOffset? unusedSince)
    {
        var isDeleted = await writer.Write(new WriteOperation(WrittenTable.Rooms, room.RoomId, room.UserId,
        [
            new(InsertTombstone, [("room", room.RoomId), ("user", room.UserId), ("now", now), ("unused", unusedSince)]),
            .. FileStore.EraseFilesOf(room),
            new(DeleteRow, [("room", room.RoomId), ("user", room.UserId)]),
            new(CloseReplies, [("room", room.RoomId)]),
            .. webhooks.RoomDeleted(room, now),
        ])
        {
            LocksUser = true,
        });
        database.OnTextDeleted();
        return isDeleted;
    }

    /// <summary>Whether the user had such a room and deleted it.</summary>
    public Task<bool> Contains(RoomKey room) => database.Read(async connection =>
        await connection.ExecuteScalarAsync<long>(IsDeleted, new { room = room.RoomId, user = room.UserId }) > 0);

    /// <summary>Deleted rooms that still have messages.</summary>
    public Task<ImmutableArray<RoomKey>> Unpurged(int limit) =>
        database.ReadAll(SelectUnpurged, new { limit }, row => new RoomKey(row.GetGuid(1), row.GetGuid(0)));

    /// <summary>Removes all messages of a deleted room. Safe to interrupt and to repeat.</summary>
    public async Task Purge(RoomKey room, CancellationToken cancellationToken)
    {
        while (await Write(room, MessageIndex.DeleteWords) || await Write(room, DeleteMessages))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        await Write(room, DeleteBranches);
        await Write(room, MarkPurged);
        database.OnTextDeleted();
    }

    private Task<bool> Write(RoomKey room, string sql) => writer.Write(
        new WriteOperation(WrittenTable.Rooms, room.RoomId, room.UserId, [new(sql, [("room", room.RoomId)])]));
}
