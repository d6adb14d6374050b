using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Sqlite;
using Microsoft.Data.Sqlite;
using NpgsqlTypes;

namespace GeminiChat.Migrator.DatabaseCopy;

/// <summary>The two SQLite files of a single process: locked, opened as one database, and only read.</summary>
internal sealed class SqliteSource : IAsyncDisposable
{
    private readonly FileLock _lock;
    private readonly SqliteConnection _connection;

    private SqliteSource(DatabaseAddress.Sqlite address, FileLock held, SqliteConnection connection)
    {
        (_lock, _connection, Display) = (held, connection, address.Display);

        // The time at which the tables were created, to 100 ns, identifies the database, wherever its files are.
        var created = string.Join('\n', new[] { "main", "grains" }.Select(database => connection.QueryFirst<string>(
            $"select ScriptName || ' ' || Applied from {database}.SchemaVersions order by SchemaVersionID")));
        Name = $"sqlite {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(created)).AsSpan(0, 16))}";
    }

    public string Display { get; }

    /// <summary>A unique name of the source.</summary>
    public string Name { get; }

    public static async Task<SqliteSource> Open(DatabaseAddress.Sqlite address, MigrationContext context)
    {
        SqliteSchemaCheck.RequireCurrentVersion(address);
        FileLock? held = null;
        await context.AcquireLock(
            () => Task.FromResult((held = FileLock.TryAcquire(address.File + ".lock")) is not null), address.Display);
        var connection = new SqliteConnection(SqliteConnections.ForReading(address.File) + ";Pooling=False");
        try
        {
            // Again, because the process that held the lock before may have migrated the files.
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

    /// <summary>Checks that the tables have the same columns here, so that no data is left behind.</summary>
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

    /// <summary>The rows after a key, in the order of their keys.</summary>
    public IEnumerable<object?[]> ReadAfter(CopiedTable table, object?[]? key)
    {
        var order = string.Join(", ", table.Key.Select(part => part.Name));
        var after = key is null ? "" : $" where ({order}) > ({string.Join(", ", key.Select((_, i) => $"@k{i}"))})";
        return Read(table, $"select {table.ColumnList} from {table.Name}{after} order by {order}", key ?? []);
    }

    /// <summary>The rows in any order.</summary>
    public IAsyncEnumerable<object?[]> Read(CopiedTable table) =>
        Read(table, $"select {table.ColumnList} from {table.Name}", []).ToAsyncEnumerable();

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

    // A value in PostgreSQL's type.
    private static object Value(SqliteDataReader reader, int at, NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Uuid => reader.GetGuid(at),
        NpgsqlDbType.Smallint => reader.GetInt16(at),
        NpgsqlDbType.Integer => reader.GetInt32(at),
        NpgsqlDbType.Bigint => reader.GetInt64(at),
        NpgsqlDbType.Bytea => reader.GetFieldValue<byte[]>(at),
        NpgsqlDbType.Timestamp => ToMicroseconds(DateTime.Parse(reader.GetString(at), CultureInfo.InvariantCulture, DateTimeStyles.None)),

        // From the bytes, because the driver's text ends at the first NUL. PostgreSQL cannot store NUL, so it becomes U+FFFD. So
        // does invalid UTF-8, as always when the text is read.
        NpgsqlDbType.Text => Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(at)).Replace('\0', '\uFFFD'),
        _ => throw new NotSupportedException($"Values of type {type} are not moved yet."),
    };

    // PostgreSQL's timestamps have microseconds.
    private static DateTime ToMicroseconds(DateTime moment) => moment.AddTicks(-(moment.Ticks % TimeSpan.TicksPerMicrosecond));
}
