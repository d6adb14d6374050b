using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Sqlite;
using Microsoft.Data.Sqlite;
using NpgsqlTypes;

namespace GeminiChat.Migrator.DatabaseCopy;

/// <summary>The two files of a process of its own: locked, seen as one database, and never written.</summary>
internal sealed class SqliteSource : IAsyncDisposable
{
    private readonly FileLock _lock;
    private readonly SqliteConnection _connection;

    private SqliteSource(DatabaseAddress.Sqlite address, FileLock held, SqliteConnection connection)
    {
        (_lock, _connection, Display) = (held, connection, address.Display);

        // The moment at which the tables were made, to 100 ns, tells one database from another, wherever its files lie.
        var made = connection.QueryFirst<string>("select ScriptName || ' ' || Applied from main.SchemaVersions order by SchemaVersionID");
        var madeStates = connection.QueryFirst<string>("select ScriptName || ' ' || Applied from grains.SchemaVersions order by SchemaVersionID");
        Name = $"sqlite {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{made}\n{madeStates}")).AsSpan(0, 16))}";
    }

    public string Display { get; }

    /// <summary>What no other source is named.</summary>
    public string Name { get; }

    public static async Task<SqliteSource> Open(DatabaseAddress.Sqlite address, MigrationContext context)
    {
        SqliteSchemaCheck.RequireCurrentVersion(address);
        FileLock? held = null;
        await ExclusiveLock.Acquire(
            () => Task.FromResult((held = FileLock.TryAcquire(address.File + ".lock")) is not null), address.Display, context);
        var connection = new SqliteConnection(SqliteConnections.ForReading(address.File) + ";Pooling=False");
        try
        {
            // Once more: who held the lock until now may have changed them.
            SqliteSchemaCheck.RequireCurrentVersion(address);
            await connection.OpenAsync();
            await connection.ExecuteAsync("attach @file as grains", new { file = address.GrainsFile });
            return new SqliteSource(address, held!, connection);
        }
        catch
        {
            await connection.DisposeAsync();
            await held!.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes sure that nothing is left behind.</summary>
    public void RequireSameColumns(IReadOnlyList<CopiedTable> tables)
    {
        foreach (var table in tables)
        {
            var columns = _connection.Query<string>("select lower(name) from pragma_table_info(@Name)", new { table.Name });
            if (!columns.ToHashSet(StringComparer.Ordinal).SetEquals(table.Columns.Select(column => column.Name)))
            {
                throw new InvalidOperationException($"The migrations give {table.Name} other columns in SQLite than in PostgreSQL.");
            }
        }
    }

    /// <summary>The rows in the order of their keys, beyond one of them.</summary>
    public IEnumerable<object?[]> ReadAfter(CopiedTable table, object?[]? key)
    {
        var order = string.Join(", ", table.Key.Select(part => part.Name));
        var beyond = key is null ? "" : $" where ({order}) > ({string.Join(", ", key.Select((_, i) => $"@k{i}"))})";
        return Read(table, $"select {table.ColumnList} from {table.Name}{beyond} order by {order}", key ?? []);
    }

    /// <summary>The rows in any order.</summary>
    public IEnumerable<object?[]> Read(CopiedTable table) => Read(table, $"select {table.ColumnList} from {table.Name}", []);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _lock.DisposeAsync();
    }

    private IEnumerable<object?[]> Read(CopiedTable table, string sql, object?[] key)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (i, part) in key.Index())
        {
            command.Parameters.AddWithValue($"@k{i}", part);
        }

        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new object?[table.Columns.Length];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : Value(reader, i, table.Columns[i].Type);
            }

            yield return row;
        }
    }

    /// <summary>A value in the type that PostgreSQL has for it.</summary>
    private static object Value(SqliteDataReader reader, int at, NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Uuid => reader.GetGuid(at),
        NpgsqlDbType.Smallint => reader.GetInt16(at),
        NpgsqlDbType.Integer => reader.GetInt32(at),
        NpgsqlDbType.Bigint => reader.GetInt64(at),
        NpgsqlDbType.Bytea => reader.GetFieldValue<byte[]>(at),
        NpgsqlDbType.Timestamp => ToMicroseconds(DateTime.Parse(reader.GetString(at), CultureInfo.InvariantCulture, DateTimeStyles.None)),

        // By its bytes: the driver's text ends at the first NUL, which PostgreSQL cannot hold. What is no UTF-8 becomes
        // U+FFFD, too, as in all text that readers get of it.
        NpgsqlDbType.Text => Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(at)).Replace('\0', '\uFFFD'),
        _ => throw new NotSupportedException($"Values of type {type} are not moved yet."),
    };

    /// <summary>PostgreSQL knows no shorter time.</summary>
    private static DateTime ToMicroseconds(DateTime moment) => moment.AddTicks(-(moment.Ticks % TimeSpan.TicksPerMicrosecond));
}
