using Npgsql;

namespace GeminiChat.Silo.Moving.OldService;

/// <summary>Moves rooms, each with its messages in one commit: a room that is there is there whole.</summary>
internal sealed class RoomsMove(MoveTarget target, byte[] secret, Tally tally, MoveSetting setting)
{
    public const string Moved = "rooms moved";
    public const string OfNobody = "rooms of users who were not moved, not moved";

    private const int RowsPerExchange = 500;
    private const int RowsPerCommit = 5_000;
    private const int MaxName = 200;
    private const string NoName = "New chat";

    private const string InsertRoom = """
        insert into rooms (
          room_id, user_id, name, created_at, updated_at, version, next_id, created_as, is_named, settings_version, legacy_id)
        values (@room, @user, @name, @created, @updated, 1, @next, 'migrated', @named, 1, @legacy)
        """;

    private readonly LegacyIds _ids = new(secret);
    private readonly Progress _progress = new("rooms and messages", setting);
    private readonly List<InsertedRow> _rows = [];
    private TargetWrites? _writes;
    private long _uncommitted;

    public async Task Run(NpgsqlConnection source, OldShape shape)
    {
        await using var command = new NpgsqlCommand(shape.Rooms, source);
        await using var reader = await command.ExecuteReaderAsync();
        for (var isMore = await reader.ReadAsync(); isMore;)
        {
            isMore = await MoveRoom(reader, OldRoom.Read(reader));
        }

        await Commit();
        await _progress.End();
    }

    /// <summary>Moves the room that the reader is at.</summary>
    /// <returns>Whether there is another, which the reader is at then.</returns>
    private async Task<bool> MoveRoom(NpgsqlDataReader reader, OldRoom room)
    {
        _writes ??= await TargetWrites.Begin(target);
        var owner = await OwnerOf(room);
        var isNew = owner is not null && await Find("select room_id from rooms where legacy_id = @id", room.Id) is null;
        var created = room.CreatedAt ?? DateTimeOffset.UnixEpoch;
        var id = _ids.Room(room.Id, created);

        // Of a room that is there already all is counted as the first time, and nothing stored.
        var turns = new TurnMapper(id, room.Id, room.CreatedAt ?? setting.Time.GetUtcNow(), tally);
        var isMore = true;
        for (; isMore && reader.GetInt64(0) == room.Id; isMore = await reader.ReadAsync())
        {
            if (owner is not null && OldMessage.Read(reader) is { } message)
            {
                await Add(await turns.Take(message), isNew);
            }
        }

        if (owner is { } user)
        {
            await Add(turns.End(), isNew);
            await AddRoom(room, id, user, turns, isNew);
        }

        return isMore;
    }

    /// <summary>The new id of a room's owner; null when there is none.</summary>
    private async Task<Guid?> OwnerOf(OldRoom room)
    {
        var owner = room.UserId is { } old ? await Find("select user_id from users where legacy_id = @id", old) : null;
        if (owner is null)
        {
            await tally.List(OfNobody, $"room {room.Id}");
        }

        return owner;
    }

    private async Task AddRoom(OldRoom room, Guid id, Guid user, TurnMapper turns, bool isNew)
    {
        tally.Count(Moved);
        var isNamed = !string.IsNullOrWhiteSpace(room.Name);
        await Add(new InsertedRow(InsertRoom,
        [
            ("room", id),
            ("user", user),
            ("name", isNamed ? OldText.Cut(room.Name!, MaxName) : NoName),
            ("created", (room.CreatedAt ?? turns.UpdatedAt).ToUnixTimeMilliseconds()),
            ("updated", turns.UpdatedAt.ToUnixTimeMilliseconds()),
            ("next", turns.NextId),
            ("named", isNamed ? 1 : 0),
            ("legacy", room.Id),
        ]), isNew);
        if (_uncommitted >= RowsPerCommit)
        {
            await Commit();
        }
    }

    private async Task Add(IReadOnlyList<MovedMessage> messages, bool isNew)
    {
        foreach (var message in messages)
        {
            await Add(message.ToInsert(), isNew);
        }
    }

    private async Task Add(InsertedRow row, bool isNew)
    {
        if (!isNew)
        {
            return;
        }

        _rows.Add(row);
        if (_rows.Count == RowsPerExchange)
        {
            await Send();
        }
    }

    private async Task Send()
    {
        await _writes!.Insert(_rows);
        _uncommitted += _rows.Count;
        await _progress.Add(_rows.Count);
        _rows.Clear();
    }

    private async Task Commit()
    {
        if (_writes is { } writes)
        {
            await Send();
            await writes.Commit();
            await writes.DisposeAsync();
            (_writes, _uncommitted) = (null, 0);
        }
    }

    private async Task<Guid?> Find(string sql, long id) => await _writes!.Find(new InsertedRow(sql, [("id", id)])) switch
    {
        Guid found => found,
        string found => Guid.Parse(found),
        _ => null,
    };
}
