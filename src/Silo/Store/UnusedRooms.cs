namespace GeminiChat.Silo.Store;

/// <summary>Finds rooms that have not been used for long.</summary>
internal sealed class UnusedRooms(Database database)
{
    // The partial index of temporary rooms is in this order. Most of the rooms that it has before this time are unused.
    private const string SelectTemporary = """
        select room_id, user_id, created_at, updated_at from rooms
        where is_temporary = 1 and created_at < @since and updated_at < @since and (created_at, room_id) > (@created, @room)
        order by created_at, room_id limit @limit
        """;

    private const string SelectPage = """
        select room_id, user_id, created_at, updated_at from rooms where room_id > @room order by room_id limit @limit
        """;

    /// <summary>Lists temporary rooms whose last activity was before a given time, in the order of their creation.</summary>
    /// <param name="since">The given time.</param>
    /// <param name="after">The last room of the page before; null for the first page.</param>
    /// <param name="limit">The maximum number of rooms.</param>
    public Task<ImmutableArray<RoomUse>> ListTemporary(DateTimeOffset since, RoomUse? after, int limit) => Read(SelectTemporary, new
    {
        since = since.ToUnixTimeMilliseconds(),
        created = after?.CreatedAt.ToUnixTimeMilliseconds() ?? 0,
        room = after?.Room.RoomId ?? Guid.Empty,
        limit,
    });

    /// <summary>Lists all rooms, in the order of their ids.</summary>
    public Task<ImmutableArray<RoomUse>> ListAll(RoomUse? after, int limit) =>
        Read(SelectPage, new { room = after?.Room.RoomId ?? Guid.Empty, limit });

    private Task<ImmutableArray<RoomUse>> Read(string sql, object parameters) => database.ReadAll(
        sql, parameters, row => new RoomUse(new RoomKey(row.GetGuid(1), row.GetGuid(0)), RowReader.Timestamp(row, 2), RowReader.Timestamp(row, 3)));
}

/// <summary>A room, its creation and its last activity.</summary>
internal sealed record RoomUse(RoomKey Room, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
