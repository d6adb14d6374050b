using System.Globalization;
using System.Text;
using GeminiChat.GrainInterfaces;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Search;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace GeminiChat.Bench;

/// <summary>Made-up messages, and how they get into a database without the service.</summary>
/// <param name="count">How many messages there are in all.</param>
internal sealed class SearchData(int count)
{
    /// <summary>The messages of the user that searches.</summary>
    public const int OwnMessages = 200_000;

    private const int OwnRooms = 200;
    private const int MessagesOfOtherRoom = 100;
    private const int RoomsOfOtherUser = 10;
    private const int Vocabulary = 50_000;
    private const int MessagesPerCommit = 20_000;
    private const long Begin = 1_780_000_000_000;

    private readonly Random _random = new(1);
    private readonly RoomKey[] _own = Rooms(OwnRooms, OwnRooms);
    private readonly RoomKey[] _others = Rooms(Math.Max(1, (count - OwnMessages) / MessagesOfOtherRoom), RoomsOfOtherUser);

    public Guid UserId => _own[0].UserId;

    public Guid RoomId => _own[0].RoomId;

    /// <summary>A word by its rank: the second one is half as common as the first.</summary>
    public static string Word(int rank)
    {
        const string Letters = "etaoinshrdlucmfwypvbgk";
        var word = new StringBuilder();
        for (var left = (rank * 2_654_435_761L) % 10_000_019; left > 0; left /= Letters.Length)
        {
            word.Append(Letters[(int)(left % Letters.Length)]);
        }

        return word.Append(Letters[rank % Letters.Length]).ToString();
    }

    /// <summary>Text of this many words, as often used as in a language.</summary>
    public static string Text(Random random, int words) =>
        string.Join(' ', Enumerable.Range(0, words).Select(_ => Word((int)Math.Pow(Vocabulary, random.NextDouble()))));

    public async Task Fill(Database database, DatabaseAddress address)
    {
        await (address switch
        {
            DatabaseAddress.Sqlite file => FillSqlite(database.Index, file.File),
            DatabaseAddress.Postgres server => FillPostgres(database.Index, server.ConnectionString),
            _ => throw new NotSupportedException(),
        });
    }

    // In the order of time: the messages of all users are mixed.
    private IEnumerable<(RoomKey Room, UnindexedMessage Message)> Messages()
    {
        var next = new Dictionary<Guid, long>();
        for (var i = 0; i < count; i++)
        {
            var rooms = _random.NextInt64(count) < OwnMessages ? _own : _others;
            var room = rooms[_random.Next(rooms.Length)];
            var id = next[room.RoomId] = next.GetValueOrDefault(room.RoomId) + 1;
            yield return (room, new UnindexedMessage(id, Text(_random, _random.Next(5, 75)), Begin + i));
        }
    }

    private async Task FillSqlite(MessageIndex index, string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        Execute(connection, "pragma synchronous = off; pragma cache_size = -400000; pragma wal_autocheckpoint = 40000;");
        foreach (var room in _own.Concat(_others))
        {
            Execute(connection, $"insert into rooms (room_id, user_id, name, created_at, updated_at, version, next_id, created_as) values ('{Id(room.RoomId)}', '{Id(room.UserId)}', 'room', 1, 1, 1, 1000000, '')");
        }

        foreach (var part in Messages().Chunk(MessagesPerCommit))
        {
            await using var transaction = connection.BeginTransaction();
            using var message = Command(connection, transaction, "insert into messages (room_id, id, sender, content, created_at, status, attempt, touched_at) values (@room, @id, 0, @content, @at, 2, 0, @at)");
            using var words = Command(connection, transaction, "insert into message_words (seq, room_id, id, user_key, words) values (@seq, @room, @id, @key, @words)");
            foreach (var (room, one) in part)
            {
                Run(message, ("@room", Id(room.RoomId)), ("@id", one.Id), ("@content", one.Content), ("@at", one.At));
                Run(words, ("@room", Id(room.RoomId)), ("@id", one.Id), ("@seq", one.At << 20), ("@key", MessageWords.KeyOf(room.UserId)), ("@words", Words(index, room, one)));
            }

            await transaction.CommitAsync();
        }
    }

    private async Task FillPostgres(MessageIndex index, string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false;Command Timeout=7200");
        await connection.OpenAsync();
        await Execute(connection, "drop index message_words_by_word; set maintenance_work_mem = '1GB'; set synchronous_commit = off");
        await using (var rooms = await connection.BeginTextImportAsync("copy rooms (room_id, user_id, name, created_at, updated_at, version, next_id, created_as) from stdin"))
        {
            foreach (var room in _own.Concat(_others))
            {
                await rooms.WriteAsync($"{room.RoomId}\t{room.UserId}\troom\t1\t1\t1\t1000000\t\n");
            }
        }

        foreach (var part in Messages().Chunk(MessagesPerCommit))
        {
            await using (var messages = await connection.BeginTextImportAsync("copy messages (room_id, id, sender, content, created_at, status, attempt, touched_at) from stdin"))
            {
                foreach (var (room, one) in part)
                {
                    await messages.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{room.RoomId}\t{one.Id}\t0\t{one.Content}\t{one.At}\t2\t0\t{one.At}\n"));
                }
            }

            await using var words = await connection.BeginTextImportAsync("copy message_words (room_id, id, user_id, seq, words) from stdin");
            foreach (var (room, one) in part)
            {
                await words.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{room.RoomId}\t{one.Id}\t{room.UserId}\t{one.At << 20}\t{Words(index, room, one)}\n"));
            }
        }

        await Execute(connection, "create index message_words_by_word on message_words using gin (words)");
        await Execute(connection, "vacuum analyze");
    }

    private static string Words(MessageIndex index, RoomKey room, UnindexedMessage message) =>
        (string)index.AddExisting(room, message)[0].Parameters.Single(static value => value.Name == "words").Value.Value!;

    private static RoomKey[] Rooms(int count, int ofUser)
    {
        var user = Guid.Empty;
        return [.. Enumerable.Range(0, count).Select(i => new RoomKey(user = i % ofUser == 0 ? Guid.CreateVersion7() : user, Guid.CreateVersion7()))];
    }

    private static string Id(Guid id) => id.ToString().ToUpperInvariant();

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction transaction, string sql) =>
        new(sql, connection, transaction);

    private static void Run(SqliteCommand command, params (string Name, object Value)[] values)
    {
        command.Parameters.Clear();
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
