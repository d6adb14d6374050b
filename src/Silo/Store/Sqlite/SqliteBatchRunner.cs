using GeminiChat.Silo.Store.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>The only connection that writes to the file. It compiles each statement once.</summary>
internal sealed class SqliteBatchRunner(string connectionString, StoreTimeouts timeouts) : IBatchRunner
{
    // For the pages that a few thousand busy rooms change. Each batch changes others, and a page that is not in the cache is
    // read from the file again.
    private const int CacheKilobytes = 16_000;

    private static readonly Statement Begin = new("begin immediate", []);
    private static readonly Statement Commit = new("commit", []);
    private static readonly Statement Rollback = new("rollback", []);

    private readonly Dictionary<string, PreparedStatement> _statements = [];
    private SqliteConnection? _connection;

    public int MaxBatch => 512;

    public bool IsBlocking => true;

    public ValueTask<int[]> Run(IReadOnlyList<WriteOperation> operations)
    {
        var connection = _connection ??= SqliteConnections.Open(connectionString, timeouts.Busy, CacheKilobytes);
        Execute(connection, Begin);
        try
        {
            var changed = new int[operations.Count];
            for (var i = 0; i < changed.Length; i++)
            {
                changed[i] = Execute(connection, operations[i]);
            }

            Execute(connection, Commit);
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
        var changed = Execute(connection, operation.Statements[0]);
        foreach (var statement in operation.Statements.AsSpan(1..))
        {
            Execute(connection, statement);
        }

        if (operation.Query is { } query)
        {
            operation.Read(Prepare(connection, query).ReadRow(query));
        }

        return changed;
    }

    private int Execute(SqliteConnection connection, Statement statement) => Prepare(connection, statement).Execute(statement);

    private PreparedStatement Prepare(SqliteConnection connection, Statement statement)
    {
        if (!_statements.TryGetValue(statement.Sql, out var prepared))
        {
            prepared = new PreparedStatement(connection.Handle!, statement);
            _statements.Add(statement.Sql, prepared);
        }

        return prepared;
    }

    private void RollBack(SqliteConnection connection)
    {
        try
        {
            // After some errors SQLite has ended the transaction already.
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                Execute(connection, Rollback);
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
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _connection?.Dispose();
        _connection = null;
    }
}
