using System.Data.Common;
using Dapper;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

internal sealed class ShareStore(Database database, GroupCommit writer) : IShareStore
{
    private const string Columns =
        "s.share_id, s.token_hash, s.user_id, s.room_id, s.last_id, s.name, s.created_at, s.expires_at, s.is_ended";

    private const string IsActive = "s.is_ended = 0 and (s.expires_at is null or s.expires_at > @now)";

    private static readonly string InsertShare = $"""
        insert into shares (share_id, token_hash, room_id, user_id, last_id, name, created_at, expires_at)
        select @share, @token, @room, @user, @last, @name, @now, @expires
        where exists (select 1 from rooms where room_id = @room and user_id = @user)
          and not exists (select 1 from deleted_users where user_id = @user)
          and (select count(*) from shares s where s.room_id = @room and {IsActive}) < {IShareGrain.MaxShares}
        on conflict do nothing
        """;

    private const string SelectShare = $"select {Columns} from shares s where s.share_id = @shareId";

    private const string SelectByToken = $"""
        select {Columns} from shares s
        where s.token_hash = @tokenHash and {IsActive}
          and not exists (select 1 from deleted_users d where d.user_id = s.user_id)
        """;

    // A room without shares is one row of nulls.
    private const string SelectOfRoom = $"""
        select {Columns} from rooms r left join shares s on s.room_id = r.room_id and {IsActive}
        where r.room_id = @room and r.user_id = @user
        """;

    private const string EndShare = """
        update shares set is_ended = 1, expires_at = @now, name = ''
        where share_id = @share and room_id = @room and user_id = @user
        """;

    private const string HasEnded = "select count(*) from shares where expires_at < @before";

    private const string DeleteEnded = """
        delete from shares where share_id in (select share_id from shares where expires_at < @before limit 1000)
        """;

    // With the user's lock: another process may be deleting the room or the user, or may make the last share that is allowed.
    public Task<bool> Create(RoomShare share) => writer.Write(
        new WriteOperation(WrittenTable.Rooms, share.Room.RoomId, share.Room.UserId,
        [
            new(InsertShare,
            [
                ("share", share.Id),
                ("token", share.TokenHash),
                ("room", share.Room.RoomId),
                ("user", share.Room.UserId),
                ("last", share.LastId),
                ("name", share.Name),
                ("now", share.CreatedAt),
                ("expires", share.ExpiresAt),
            ]),
        ])
        {
            LocksUser = true,
        });

    public async Task<RoomShare?> Find(Guid shareId) =>
        (await database.ReadAll(SelectShare, new { shareId }, ToShare)).SingleOrDefault();

    public async Task<RoomShare?> FindByToken(string tokenHash, DateTimeOffset now) =>
        (await database.ReadAll(SelectByToken, new { tokenHash, now = now.ToUnixTimeMilliseconds() }, ToShare)).SingleOrDefault();

    public async Task<ImmutableArray<RoomShare>?> List(RoomKey room, DateTimeOffset now)
    {
        var rows = await database.ReadAll(
            SelectOfRoom,
            new { room = room.RoomId, user = room.UserId, now = now.ToUnixTimeMilliseconds() },
            row => row.IsDBNull(0) ? null : ToShare(row));
        return rows.IsEmpty ? null : [.. rows.OfType<RoomShare>()];
    }

    public async Task<bool> End(RoomKey room, Guid shareId, DateTimeOffset now)
    {
        var isEnded = await Write(room.RoomId, room.UserId, new(EndShare,
        [
            ("share", shareId), ("room", room.RoomId), ("user", room.UserId), ("now", now),
        ]));
        database.OnTextDeleted();
        return isEnded;
    }

    public async Task RemoveEnded(DateTimeOffset endedBefore)
    {
        var before = endedBefore.ToUnixTimeMilliseconds();
        if (await database.Read(connection => connection.ExecuteScalarAsync<long>(HasEnded, new { before })) == 0)
        {
            return;
        }

        while (await Write(Guid.Empty, Guid.Empty, new(DeleteEnded, [("before", endedBefore)])))
        {
        }

        database.OnTextDeleted();
    }

    private Task<bool> Write(Guid roomId, Guid userId, Statement statement) =>
        writer.Write(new WriteOperation(WrittenTable.Shares, roomId, userId, [statement]));

    private static RoomShare ToShare(DbDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        new RoomKey(row.GetGuid(2), row.GetGuid(3)),
        row.GetInt64(4),
        row.GetString(5),
        RowReader.Timestamp(row, 6),
        row.IsDBNull(7) ? null : RowReader.Timestamp(row, 7),
        IsEnded: row.GetInt32(8) != 0);
}
