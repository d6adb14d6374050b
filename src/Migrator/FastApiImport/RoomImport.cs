using Npgsql;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>Imports rooms, each with all of its messages in one commit. So an existing room is complete.</summary>
internal sealed class RoomImport(MigrationTarget target, byte[] secret, ImportReport report, MigrationContext context)
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

    private readonly ImportedIds _ids = new(secret);
    private readonly MigrationProgress _progress = new("rooms and messages", context);
    private readonly List<ImportStatement> _rows = [];
    private ImportTransaction? _transaction;
    private long _uncommitted;

    public async Task Run(NpgsqlConnection source, FastApiSchema schema)
    {
        await using var command = new NpgsqlCommand(schema.Rooms, source);
        await using var reader = await command.ExecuteReaderAsync();
        for (var isMore = await reader.ReadAsync(); isMore;)
        {
            isMore = await MoveRoom(reader, FastApiRoom.Read(reader));
        }

        await Commit();
        await _progress.Complete();
    }

    /// <summary>Imports the room of the reader's current row.</summary>
    /// <returns>Whether there is another room. The reader is then at its first row.</returns>
    private async Task<bool> MoveRoom(NpgsqlDataReader reader, FastApiRoom room)
    {
        _transaction ??= await ImportTransaction.Begin(target);
        var owner = await OwnerOf(room);
        var isNew = owner is not null && await Find("select room_id from rooms where legacy_id = @id", room.Id) is null;
        var created = room.CreatedAt ?? DateTimeOffset.UnixEpoch;
        var id = _ids.Room(room.Id, created);

        // An existing room is counted again for the report, but not stored again.
        var turns = new TurnMapper(id, room.Id, room.CreatedAt ?? context.Time.GetUtcNow(), report);
        var isMore = true;
        for (; isMore && reader.GetInt64(0) == room.Id; isMore = await reader.ReadAsync())
        {
            if (owner is not null && FastApiMessage.Read(reader) is { } message)
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

    /// <summary>The new id of the room's owner; null when the owner was not imported.</summary>
    private async Task<Guid?> OwnerOf(FastApiRoom room)
    {
        var owner = room.UserId is { } old ? await Find("select user_id from users where legacy_id = @id", old) : null;
        if (owner is null)
        {
            await report.List(OfNobody, $"room {room.Id}");
        }

        return owner;
    }

    private async Task AddRoom(FastApiRoom room, Guid id, Guid user, TurnMapper turns, bool isNew)
    {
        report.Count(Moved);
        var isNamed = !string.IsNullOrWhiteSpace(room.Name);
        await Add(new ImportStatement(InsertRoom,
        [
            ("room", id),
            ("user", user),
            ("name", isNamed ? FastApiValues.Cut(room.Name!, MaxName) : NoName),
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

    private async Task Add(IReadOnlyList<ImportedMessage> messages, bool isNew)
    {
        foreach (var message in messages)
        {
            await Add(message.ToInsert(), isNew);
        }
    }

    private async Task Add(ImportStatement row, bool isNew)
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
        await _transaction!.Insert(_rows);
        _uncommitted += _rows.Count;
        await _progress.Add(_rows.Count);
        _rows.Clear();
    }

    private async Task Commit()
    {
        if (_transaction is { } transaction)
        {
            await Send();
            await transaction.Commit();
            await transaction.DisposeAsync();
            (_transaction, _uncommitted) = (null, 0);
        }
    }

    private async Task<Guid?> Find(string sql, long id) => await _transaction!.Find(new ImportStatement(sql, [("id", id)])) switch
    {
        Guid found => found,
        string found => Guid.Parse(found),
        _ => null,
    };
}
