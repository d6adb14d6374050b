using System.Data.Common;
using Dapper;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store.Search;

/// <summary>Rooms with messages that were stored without their words, by a version before the search.</summary>
internal sealed class UnindexedRooms(Database database, GroupCommit writer)
{
    public const string SelectRooms = """
        select u.room_id, r.user_id
        from unindexed_rooms u left join rooms r on r.room_id = u.room_id and r.is_temporary = 0
        where u.room_id > @after order by u.room_id limit @limit
        """;

    public const string Remove = "delete from unindexed_rooms where room_id = @room";

    // Replies that are being written get their words at their end.
    private const string SelectMessages = """
        select id, content, touched_at
        from messages
        where room_id = @room and id > @after and not (sender = 1 and status < 2)
          and not exists (select 1 from message_words w where w.room_id = messages.room_id and w.id = messages.id)
        order by id limit @limit
        """;

    // Silos of the previous version may accept messages for a while after the migration.
    private const string MarkActive = """
        insert into unindexed_rooms
        select room_id from rooms, search_since where updated_at >= at and at >= @since and is_temporary = 0
        on conflict do nothing
        """;

    // They may also purge deleted rooms, without their words.
    private const string PurgeAgain = """
        update deleted_rooms set is_purged = 0
        where is_purged = 1 and deleted_at >= (select at from search_since where at >= @since)
          and exists (select 1 from message_words w where w.room_id = deleted_rooms.room_id)
        """;

    // In one transaction, so that other writes do not wait long.
    private const int MessagesPerWrite = 50;
    private const int MaxCharactersPerWrite = 200_000;

    /// <summary>
    /// Adds to <c>unindexed_rooms</c> the rooms with activity since the migration, if the migration was after the given time.
    /// </summary>
    public Task MarkActiveRooms(DateTimeOffset since) => writer.Write(
        new WriteOperation(WrittenTable.Rooms, Guid.Empty, Guid.Empty, [new(MarkActive, [("since", since)]), new(PurgeAgain, [("since", since)])]));

    /// <summary>Lists rooms with a higher id, in the order of their ids.</summary>
    public Task<ImmutableArray<UnindexedRoom>> List(Guid after, int limit) =>
        database.ReadAll(SelectRooms, new { after, limit }, ToRoom);

    /// <summary>Adds the words of a room's messages. Safe to interrupt and to repeat.</summary>
    public async Task Index(UnindexedRoom room, CancellationToken cancellationToken)
    {
        if (room.Key is { } key)
        {
            for (var last = 0L; await AddWords(key, last) is { } next; last = next)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        await writer.Write(new WriteOperation(
            WrittenTable.Rooms, room.RoomId, Guid.Empty, [new(Remove, [("room", room.RoomId)])]));
    }

    /// <summary>Reads some messages with higher ids.</summary>
    public static async Task<ImmutableArray<UnindexedMessage>> ReadMessages(DbConnection connection, RoomKey room, long after)
    {
        await using var reader = await connection.ExecuteReaderAsync(
            SelectMessages, new { room = room.RoomId, after, limit = MessagesPerWrite });
        var messages = ImmutableArray.CreateBuilder<UnindexedMessage>();
        for (var characters = 0; characters < MaxCharactersPerWrite && await reader.ReadAsync();)
        {
            var message = new UnindexedMessage(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2));
            characters += message.Content.Length;
            messages.Add(message);
        }

        return messages.DrainToImmutable();
    }

    /// <summary>A row of <see cref="SelectRooms"/>.</summary>
    public static UnindexedRoom ToRoom(DbDataReader row) => new(row.GetGuid(0), row.IsDBNull(1) ? null : row.GetGuid(1));

    // The id of the last message; null when there are no more.
    private async Task<long?> AddWords(RoomKey room, long after)
    {
        var messages = await database.Read(connection => ReadMessages(connection, room, after));
        ImmutableArray<Statement> words = [.. messages.SelectMany(message => database.Index.AddExisting(room, message))];
        if (!words.IsEmpty)
        {
            await writer.Write(new WriteOperation(WrittenTable.Rooms, room.RoomId, room.UserId, words));
        }

        return messages is [.., var last] ? last.Id : null;
    }
}

/// <summary>A room whose messages may have no words.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">Its owner; null when it is deleted.</param>
internal sealed record UnindexedRoom(Guid RoomId, Guid? UserId)
{
    public RoomKey? Key => UserId is { } user ? new RoomKey(user, RoomId) : null;
}

/// <summary>A message that may have no words: one of the user, or a reply that has ended.</summary>
/// <param name="Id">The message.</param>
/// <param name="Content">The text.</param>
/// <param name="At">When it was accepted or ended, in Unix milliseconds.</param>
internal sealed record UnindexedMessage(long Id, string Content, long At);
