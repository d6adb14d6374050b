using System.Text;
using System.Text.Json;
using GeminiChat.Silo.Store.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>
/// A statement that is compiled once and run many times, by SQLite's own functions: a <see cref="SqliteCommand"/> looks up each
/// parameter by its name in each run.
/// </summary>
internal sealed class PreparedStatement : IDisposable
{
    private const int GuidLength = 36;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    // The position of each parameter in the statement; 0 if the statement does not use it.
    private readonly int[] _positions;

    /// <summary>Compiles a statement. Each run has the same parameters in the same order.</summary>
    public PreparedStatement(sqlite3 database, Statement statement)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, statement.Sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _positions = [.. statement.Parameters.Select(one => raw.sqlite3_bind_parameter_index(_statement, "@" + one.Name))];
        if (_positions.Count(position => position > 0) != raw.sqlite3_bind_parameter_count(_statement))
        {
            _statement.Dispose();
            throw new InvalidOperationException("A parameter of the statement has no value: " + statement.Sql);
        }
    }

    /// <summary>Runs the statement, and returns how many rows it changed.</summary>
    public int Execute(Statement statement)
    {
        try
        {
            Step(statement);
            return raw.sqlite3_changes(_database);
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    /// <summary>Runs a query, and returns the integers of its first row.</summary>
    public long?[] ReadRow(Statement query)
    {
        try
        {
            Step(query);
            var row = new long?[raw.sqlite3_data_count(_statement)];
            for (var i = 0; i < row.Length; i++)
            {
                var isNull = raw.sqlite3_column_type(_statement, i) == raw.SQLITE_NULL;
                row[i] = isNull ? null : raw.sqlite3_column_int64(_statement, i);
            }

            return row;
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public void Dispose() => _statement.Dispose();

    private void Step(Statement statement)
    {
        for (var i = 0; i < _positions.Length; i++)
        {
            if (_positions[i] > 0)
            {
                Check(Bind(_positions[i], statement.Parameters[i].Value.Value));
            }
        }

        Check(raw.sqlite3_step(_statement));
    }

    private int Bind(int position, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_statement, position),
        int number => raw.sqlite3_bind_int64(_statement, position, number),
        long number => raw.sqlite3_bind_int64(_statement, position, number),
        string text => raw.sqlite3_bind_text(_statement, position, text),
        Guid id => BindGuid(position, id),
        string[] texts => raw.sqlite3_bind_text(_statement, position, JsonSerializer.Serialize(texts)),
        Guid[] ids => raw.sqlite3_bind_text(_statement, position, SqliteDatabase.ToArray(ids)),
        _ => throw new ArgumentException("Not a value of a statement: " + value.GetType(), nameof(value)),
    };

    // Upper case, as Microsoft.Data.Sqlite writes and reads it.
    private int BindGuid(int position, Guid id)
    {
        Span<byte> text = stackalloc byte[GuidLength];
        id.TryFormat(text, out _);
        Ascii.ToUpperInPlace(text, out _);
        return raw.sqlite3_bind_text(_statement, position, text);
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
