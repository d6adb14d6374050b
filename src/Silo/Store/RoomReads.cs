using Dapper;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Store;

/// <summary>The queries of rooms. Each walks an index, whatever the room's length.</summary>
internal sealed class RoomReads(Database database)
{
    // One statement sees one moment: the row and the messages belong together. Ids have no gaps, so open replies with
    // lower ones than these lie before the newest messages. The literals make the partial index messages_open usable, and
    // the plus keeps SQLite from walking the room by its ids instead.
    private const string LoadRoom = $"""
        select {RowReader.SummaryColumns}, r.system_prompt, r.next_id, r.created_as, r.is_named, {RowReader.MessageColumns}
        from rooms r
        left join (
          select * from (select * from messages where room_id = @room order by id desc limit @tail) newest
          union all
          select * from messages
          where room_id = @room and status < 2 and sender = 1
            and +id < (select next_id from rooms where room_id = @room) - @tail) m
          on m.room_id = r.room_id
        where r.room_id = @room and r.user_id = @user
        order by m.id
        """;

    // Without a join, which could read the whole room to sort it: the rows come one by one off the index, and the reader
    // may stop at any of them.
    private const string MessagesBefore = $"""
        select {RowReader.MessageColumns}
        from messages m
        where m.room_id = @room and m.id < @before
          and exists (select 1 from rooms where room_id = @room and user_id = @user)
        order by m.id desc limit @limit
        """;

    private const string OneMessage = $"""
        select {RowReader.MessageColumns}
        from messages m join rooms r on r.room_id = m.room_id
        where m.room_id = @room and r.user_id = @user and m.id = @id
        """;

    private const string TurnOfKey = $"""
        select m.regenerates, {RowReader.MessageColumns}
        from messages m join rooms r on r.room_id = m.room_id
        where m.room_id = @room and r.user_id = @user and m.idempotency_key = @key
        """;

    // By the index of replies that were asked for anew, which holds few of a room's messages.
    private const string NewestReplies = $"""
        select {RowReader.MessageColumns}
        from messages m join rooms r on r.room_id = m.room_id
        where m.room_id = @room and r.user_id = @user and m.reply_to >= @oldest and m.reply_to < @before
          and m.regenerates is not null and m.superseded_by is null
        """;

    // The literals make the partial index messages_open usable.
    private const string OpenRooms = """
        select m.room_id, (select r.user_id from rooms r where r.room_id = m.room_id)
        from messages m
        where m.status < 2 and m.sender = 1 and m.room_id > @after
        group by m.room_id
        having max(m.touched_at) < @since
        order by m.room_id limit @limit
        """;

    // Code units: as much text as a room keeps in memory, which is what other contexts are made of.
    private const int MostContext = 4_000_000;

    public Task<StoredRoom?> Load(RoomKey room, int tail) => database.Read(async connection =>
    {
        await using var reader = await connection.ExecuteReaderAsync(
            LoadRoom, new { room = room.RoomId, user = room.UserId, tail });
        RoomRow? row = null;
        var messages = ImmutableArray.CreateBuilder<RoomMessage>();
        while (await reader.ReadAsync())
        {
            const int Own = RowReader.SummaryColumnCount;
            row ??= new RoomRow(
                RowReader.Summary(reader),
                RowReader.TextOrNull(reader, Own),
                reader.GetInt64(Own + 1),
                reader.GetString(Own + 2),
                IsNamed: reader.GetInt32(Own + 3) != 0);
            if (!reader.IsDBNull(Own + 4))
            {
                messages.Add(RowReader.Message(reader, Own + 4));
            }
        }

        return row is null ? null : Stored(row, messages.DrainToImmutable(), oldest: row.NextId - tail);
    });

    public Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, long before, int limit) =>
        NewestBefore(room, before, limit, IChatroomGrain.MaxPageLength);

    public async Task<ImmutableArray<RoomMessage>> ReadTurnsBefore(RoomKey room, long messageId, int limit)
    {
        var page = await NewestBefore(room, messageId, limit, MostContext);
        return page is [var oldest, ..]
            ? [.. page, .. await Messages(
                NewestReplies, new { room = room.RoomId, user = room.UserId, oldest = oldest.Id, before = messageId })]
            : page;
    }

    public async Task<RoomMessage?> ReadMessage(RoomKey room, long messageId)
    {
        var found = await Messages(OneMessage, new { room = room.RoomId, user = room.UserId, id = messageId });
        return found.SingleOrDefault();
    }

    public async Task<StoredTurn?> FindTurn(RoomKey room, string key)
    {
        if (await MessageOfKey(room, key) is not var (found, regenerates))
        {
            return null;
        }

        // Messages of a turn are never deleted apart, so the other one is always there; the first reply has the next id.
        var other = await ReadMessage(room, found.ReplyTo ?? found.Id + 1);
        return found.Sender is Sender.User
            ? new StoredTurn(found, other!)
            : new StoredTurn(other!, found, regenerates);
    }

    public Task<ImmutableArray<RoomKey>> RoomsWithOpenTurns(DateTimeOffset untouchedSince, Guid after, int limit) =>
        database.Read(async connection =>
        {
            await using var reader = await connection.ExecuteReaderAsync(
                OpenRooms, new { since = untouchedSince.ToUnixTimeMilliseconds(), after, limit });
            var rooms = ImmutableArray.CreateBuilder<RoomKey>();
            while (await reader.ReadAsync())
            {
                rooms.Add(new RoomKey(reader.GetGuid(1), reader.GetGuid(0)));
            }

            return rooms.DrainToImmutable();
        });

    private static StoredRoom Stored(RoomRow row, ImmutableArray<RoomMessage> messages, long oldest)
    {
        var before = messages.Count(message => message.Id < oldest);
        return new StoredRoom(row, messages[before..], messages[..before]);
    }

    private Task<(RoomMessage Message, long? Regenerates)?> MessageOfKey(RoomKey room, string key) =>
        database.Read<(RoomMessage, long?)?>(async connection =>
        {
            await using var reader = await connection.ExecuteReaderAsync(
                TurnOfKey, new { room = room.RoomId, user = room.UserId, key });
            return await reader.ReadAsync() ? (RowReader.Message(reader, 1), RowReader.LongOrNull(reader, 0)) : null;
        });

    // In the order of ids. Rows beyond the text are not held, but the first one always is.
    private Task<ImmutableArray<RoomMessage>> NewestBefore(RoomKey room, long before, int limit, long maxTextLength) =>
        database.Read(async connection =>
        {
            await using var reader = await connection.ExecuteReaderAsync(
                MessagesBefore, new { room = room.RoomId, user = room.UserId, before, limit });
            var messages = ImmutableArray.CreateBuilder<RoomMessage>();
            while (await reader.ReadAsync())
            {
                var message = RowReader.Message(reader, 0);
                maxTextLength -= message.Content.Length;
                if (maxTextLength < 0 && messages.Count > 0)
                {
                    break;
                }

                messages.Add(message);
            }

            messages.Reverse();
            return messages.DrainToImmutable();
        });

    private Task<ImmutableArray<RoomMessage>> Messages(string sql, object parameters) => database.Read(async connection =>
    {
        await using var reader = await connection.ExecuteReaderAsync(sql, parameters);
        var messages = ImmutableArray.CreateBuilder<RoomMessage>();
        while (await reader.ReadAsync())
        {
            messages.Add(RowReader.Message(reader, 0));
        }

        return messages.DrainToImmutable();
    });
}
