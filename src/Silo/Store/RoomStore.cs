using System.Data.Common;
using Dapper;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>
/// Rooms and messages in the database. Each query uses an index, so its cost does not depend on the room's length.
/// </summary>
internal sealed class RoomStore(
    Database database, GroupCommit writer, DeletedRooms deleted, WebhookOutbox webhooks, TimeProvider time) : IRoomStore
{
    // One statement reads the row and the messages, so both are of the same moment. Ids have no gaps, so pending replies with
    // lower ids than these lie before the newest messages. With the literals SQLite can use the partial index messages_open.
    // With the plus it does not read the whole room by its ids instead.
    internal const string SelectRoom = $"""
        select {RowReader.SummaryColumns}, r.system_prompt, r.next_id, r.created_as, r.is_named,
          case when r.head_next_id = r.next_id then r.head end, r.options, {RowReader.MessageColumns}
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

    // Without a join: with one, the database could read the whole room to sort it. Now the rows come one by one from the
    // index, and the reader can stop at any of them.
    private const string SelectMessagesBefore = $"""
        select {RowReader.MessageColumns}
        from messages m
        where m.room_id = @room and m.id < @before
          and exists (select 1 from rooms where room_id = @room and user_id = @user)
        order by m.id desc limit @limit
        """;

    // The cross join keeps SQLite from reading the whole room.
    private string SelectMessagesOfIds => field ??= $"""
        select {RowReader.MessageColumns}
        from {database.ArrayTable("@ids")} cross join messages m
        where m.room_id = @room and m.id = k.value
          and exists (select 1 from rooms where room_id = @room and user_id = @user)
        order by m.id desc
        """;

    // The length is in the row, so the texts themselves are not read.
    private string SelectTextLength => field ??= $"""
        select coalesce(sum(octet_length(m.content) + coalesce(octet_length(m.thoughts), 0) + coalesce(octet_length(m.details), 0)), 0)
        from {database.ArrayTable("@ids")} cross join messages m
        where m.room_id = @room and m.id = k.value
          and exists (select 1 from rooms where room_id = @room and user_id = @user)
        """;

    private const string SelectMessage = $"""
        select {RowReader.MessageColumns}
        from messages m join rooms r on r.room_id = m.room_id
        where m.room_id = @room and r.user_id = @user and m.id = @id
        """;

    private const string SelectMessageOfKey = $"""
        select m.regenerates, (select b.edited_id from branches b where b.room_id = m.room_id and b.id = m.id),
          {RowReader.MessageColumns}
        from messages m join rooms r on r.room_id = m.room_id
        where m.room_id = @room and r.user_id = @user and m.idempotency_key = @key
        """;

    // The previous version stored no branch for a reply that was asked for anew. These few replies have an index. With an order, SQLite
    // would read the whole room instead.
    internal const string SelectBranches = """
        select id, parent_id, 0 from branches where room_id = @room
        union all
        select m.id, m.reply_to, 1 from messages m
        where m.room_id = @room and m.regenerates is not null
          and not exists (select 1 from branches b where b.room_id = m.room_id and b.id = m.id)
        """;

    // The literals make the partial index messages_open usable.
    private const string SelectRoomsWithPendingTurns = """
        select m.room_id, (select r.user_id from rooms r where r.room_id = m.room_id)
        from messages m
        where m.status < 2 and m.sender = 1 and m.room_id > @after
        group by m.room_id
        having max(m.touched_at) < @since
        order by m.room_id limit @limit
        """;

    private readonly RoomWrites _writes = new(database, webhooks, time);

    public async Task<StoredRoom?> Load(RoomKey room, int tail)
    {
        RoomRow? stored = null;
        var rows = await database.ReadAll(SelectRoom, new { room = room.RoomId, user = room.UserId, tail }, row =>
        {
            const int Next = RowReader.SummaryColumnCount;
            stored ??= new RoomRow(
                RowReader.Summary(row),
                RowReader.TextOrNull(row, Next),
                row.GetInt64(Next + 1),
                row.GetString(Next + 2),
                IsNamed: row.GetInt32(Next + 3) != 0,
                ChosenHead: RowReader.LongOrNull(row, Next + 4),
                Options: ColumnJson.ReadOptions(RowReader.TextOrNull(row, Next + 5)));
            return row.IsDBNull(Next + 6) ? null : RowReader.Message(row, Next + 6);
        });
        if (stored is null)
        {
            return null;
        }

        ImmutableArray<RoomMessage> messages = [.. rows.OfType<RoomMessage>()];
        var older = messages.Count(message => message.Id < stored.NextId - tail);
        var branches = tail == 0 ? [] : await ReadBranches(room);
        return new StoredRoom(stored, messages[older..], messages[..older], branches);
    }

    public Task<bool> Create(RoomKey room, RoomRow row, RoomCopy? copy = null) =>
        writer.Write(RoomWrites.Create(room, row, copy is null ? [] : _writes.Copy(room, row, copy).AsSpan()));

    public Task<AcceptanceOutcome> Accept(Acceptance acceptance) => writer.Write(_writes.Accept(acceptance));

    public Task<bool> StartAttempt(ReplyFence fence, DateTimeOffset now) =>
        writer.Write(RoomWrites.StartAttempt(fence, now));

    public Task<bool> Checkpoint(ReplyFence fence, string text, DateTimeOffset now) =>
        writer.Write(RoomWrites.Checkpoint(fence, text, now));

    public Task<bool> Finish(ReplyFence fence, RoomMessage reply, RoomSummary room, Refund refund = Refund.None, string? title = null) =>
        writer.Write(_writes.Finish(fence, reply, room, refund, title));

    public async Task<bool> SetFeedback(RoomKey room, long replyId, MessageFeedback? feedback)
    {
        // Webhooks name more of the reply. It has ended, so that does not change.
        var reply = webhooks.IsUsed ? await ReadMessage(room, replyId) : null;
        return await writer.Write(_writes.SetFeedback(room, replyId, feedback, reply));
    }

    public Task<bool> ChangeSettings(RoomKey room, RoomRow row, long expected) =>
        writer.Write(RoomWrites.ChangeSettings(room, row, expected));

    public Task<bool> ChooseHead(RoomKey room, long head, RoomFence expected, long version) =>
        writer.Write(RoomWrites.ChooseHead(room, head, expected, version));

    public Task<long> MeasureText(RoomKey room, ImmutableArray<IdRange> ranges)
    {
        var ids = database.ArrayParameter([.. ranges.SelectMany(range => Enumerable.Range(0, (int)range.Count()).Select(i => range.First + i))]);
        return database.Read(connection => connection.ExecuteScalarAsync<long>(
            SelectTextLength, new { room = room.RoomId, user = room.UserId, ids }));
    }

    public Task<bool> Delete(RoomKey room, DateTimeOffset now, DateTimeOffset? unusedSince = null) =>
        deleted.Delete(room, now, unusedSince);

    public Task<bool> WasDeleted(RoomKey room) => deleted.Contains(room);

    public Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, long before, int limit) => ReadNewest(
        SelectMessagesBefore, new { room = room.RoomId, user = room.UserId, before, limit }, IChatroomGrain.MaxPageLength);

    public Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, ImmutableArray<long> ids, long maxTextLength) => ReadNewest(
        SelectMessagesOfIds, new { room = room.RoomId, user = room.UserId, ids = database.ArrayParameter(ids) }, maxTextLength);

    public async Task<RoomMessage?> ReadMessage(RoomKey room, long messageId)
    {
        var found = await database.ReadAll(SelectMessage, new { room = room.RoomId, user = room.UserId, id = messageId }, ToMessage);
        return found.SingleOrDefault();
    }

    public async Task<StoredTurn?> FindTurn(RoomKey room, string key)
    {
        var rows = await database.ReadAll(
            SelectMessageOfKey,
            new { room = room.RoomId, user = room.UserId, key },
            row => (Message: RowReader.Message(row, 2), Regenerates: RowReader.LongOrNull(row, 0), Edits: RowReader.LongOrNull(row, 1)));
        if (rows is not [var (found, regenerates, edits), ..])
        {
            return null;
        }

        // A turn's messages are only deleted together, so the other one exists. The first reply has the next id.
        var other = await ReadMessage(room, found.ReplyTo ?? found.Id + 1);
        return found.Sender is Sender.User
            ? new StoredTurn(found, other!, EditedMessageId: edits)
            : new StoredTurn(other!, found, regenerates);
    }

    public Task<ImmutableArray<RoomKey>> ListRoomsWithPendingTurns(DateTimeOffset untouchedSince, Guid after, int limit) =>
        database.ReadAll(
            SelectRoomsWithPendingTurns,
            new { since = untouchedSince.ToUnixTimeMilliseconds(), after, limit },
            row => new RoomKey(row.GetGuid(1), row.GetGuid(0)));

    private async Task<ImmutableArray<StoredBranch>> ReadBranches(RoomKey room)
    {
        var branches = await database.ReadAll(
            SelectBranches,
            new { room = room.RoomId },
            row => new StoredBranch(row.GetInt64(0), row.GetInt64(1), IsOfPreviousVersion: row.GetInt32(2) != 0));
        return branches.Sort((one, other) => one.Id.CompareTo(other.Id));
    }

    // The query gives the newest message first, the result has them in the order of their ids. It stops when the text is longer
    // than the maximum, but not before the first message.
    private Task<ImmutableArray<RoomMessage>> ReadNewest(string sql, object parameters, long maxTextLength) =>
        database.Read(async connection =>
        {
            await using var reader = await connection.ExecuteReaderAsync(sql, parameters);
            var messages = ImmutableArray.CreateBuilder<RoomMessage>();
            while (await reader.ReadAsync())
            {
                var message = RowReader.Message(reader, 0);
                maxTextLength -= message.GetSize();
                if (maxTextLength < 0 && messages.Count > 0)
                {
                    break;
                }

                messages.Add(message);
            }

            messages.Reverse();
            return messages.DrainToImmutable();
        });

    private static RoomMessage ToMessage(DbDataReader row) => RowReader.Message(row, 0);
}
