using Dapper;
using GeminiChat.Migrator.FastApiImport;
using GeminiChat.Silo.Store.Search;

namespace GeminiChat.Migrator;

/// <summary>Builds the index of the moved messages. After an interruption it continues with the rooms that are left.</summary>
internal sealed class MessageIndexBuilder(MigrationTarget target, MigrationContext context)
{
    private const int RoomsPerPage = 100;

    private const string ListRooms = """
        insert into unindexed_rooms
        select room_id from rooms where not exists (select 1 from message_words where message_words.room_id = rooms.room_id)
        on conflict do nothing
        """;

    private readonly MigrationProgress _progress = new("messages of the search", context);

    public async Task Run()
    {
        await target.MainConnection.ExecuteAsync(ListRooms);
        while (await ReadPage() is { Count: > 0 } page)
        {
            foreach (var room in page)
            {
                await Index(room);
            }
        }

        await _progress.Complete();
    }

    private async Task<List<UnindexedRoom>> ReadPage()
    {
        await using var reader = await target.MainConnection.ExecuteReaderAsync(
            UnindexedRooms.SelectRooms, new { after = Guid.Empty, limit = RoomsPerPage });
        var page = new List<UnindexedRoom>();
        while (await reader.ReadAsync())
        {
            page.Add(UnindexedRooms.ToRoom(reader));
        }

        return page;
    }

    private async Task Index(UnindexedRoom room)
    {
        var after = 0L;
        while (room.Key is { } key
            && await UnindexedRooms.ReadMessages(target.MainConnection, key, after) is { IsEmpty: false } messages)
        {
            var words = messages.SelectMany(message => target.Index.AddExisting(key, message));
            await Store([.. words.Select(one => new ImportStatement(one.Sql, [.. one.Parameters.Select(value => (value.Name, value.Value.Value))]))]);
            await _progress.Add(messages.Length);
            after = messages[^1].Id;
        }

        await target.MainConnection.ExecuteAsync(UnindexedRooms.Remove, new { room = room.RoomId });
    }

    private async Task Store(IReadOnlyList<ImportStatement> words)
    {
        await using var transaction = await target.MainConnection.BeginTransactionAsync();
        await ImportStatement.Run(target.MainConnection, transaction, words);
        await transaction.CommitAsync();
    }
}
