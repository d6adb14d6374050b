using System.Text.Json;
using GeminiChat.Silo.Store.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>The only connection that writes to the file. It compiles each statement once.</summary>
internal sealed class SqliteBatchRunner(string connectionString, StoreTimeouts timeouts) : IBatchRunner
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private SqliteConnection? _connection;

    public int MaxBatch => 512;

    public bool IsBlocking => true;

    public ValueTask<int[]> Run(IReadOnlyList<WriteOperation> operations)
    {
        var connection = _connection ??= SqliteConnections.Open(connectionString, timeouts.Busy);
        Execute(connection, "begin immediate");
        try
        {
            var changed = new int[operations.Count];
            for (var i = 0; i < changed.Length; i++)
            {
                changed[i] = Execute(connection, operations[i]);
            }

            Execute(connection, "commit");
            return ValueTask.FromResult(changed);
        }
        catch
        {
            RollBack(connection);
            throw;
        }
    }

    public BatchFault Classify(Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } => BatchFault.Transient,
        SqliteException
        {
            SqliteErrorCode: raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG or raw.SQLITE_RANGE
        } => BatchFault.InvalidStatement,
        SqliteException { SqliteErrorCode: not raw.SQLITE_ERROR } => BatchFault.Outage,
        _ => IBatchRunner.ClassifyValueError(exception),
    };

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private int Execute(SqliteConnection connection, WriteOperation operation)
    {
        var statements = operation.Statements;
        var outcome = Execute(connection, statements[0]);
        for (var i = 1; i < statements.Length; i++)
        {
            Execute(connection, statements[i]);
        }

        if (operation.Query is { } query)
        {
            using var reader = Bind(connection, query).ExecuteReader();
            reader.Read();
            operation.Read(reader);
        }

        return outcome;
    }

    private int Execute(SqliteConnection connection, Statement statement) => Bind(connection, statement).ExecuteNonQuery();

    private SqliteCommand Bind(SqliteConnection connection, Statement statement)
    {
        var command = Command(connection, statement.Sql);
        var values = statement.Parameters;
        for (var i = 0; i < values.Length; i++)
        {
            if (command.Parameters.Count == i)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = "@" + values[i].Name });
            }

            command.Parameters[i].Value = ToSqliteValue(values[i].Value.Value);
        }

        return command;
    }

    private void Execute(SqliteConnection connection, string sql) => Command(connection, sql).ExecuteNonQuery();

    private SqliteCommand Command(SqliteConnection connection, string sql)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            _commands.Add(sql, command);
        }

        return command;
    }

    private static object ToSqliteValue(object? value) => value switch
    {
        null => DBNull.Value,
        string[] texts => JsonSerializer.Serialize(texts),
        long[] numbers => JsonSerializer.Serialize(numbers),
        _ => value,
    };

    private void RollBack(SqliteConnection connection)
    {
        try
        {
            // After some errors SQLite has ended the transaction already.
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                Execute(connection, "rollback");
            }
        }
        catch (SqliteException)
        {
            // Closing rolls back too. The next batch opens a new connection.
            Close();
        }
    }

    private void Close()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _commands.Clear();
        _connection?.Dispose();
        _connection = null;
    }
}
