using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace GeminiChat.Migrator.DatabaseCopy;

/// <summary>A table that is moved: its columns have the same names in both databases.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Key">What tells its rows apart, and gives them an order that both databases agree on.</param>
internal sealed record CopiedTable(string Name, ImmutableArray<CopiedColumn> Columns, ImmutableArray<CopiedColumn> Key)
{
    public string ColumnList => string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>The rows in PostgreSQL, in any order.</summary>
    public IAsyncEnumerable<object?[]> Read(NpgsqlConnection connection) =>
        Read(connection, $"select {ColumnList} from {Name}", Columns.Length);

    /// <summary>The key of the last row in PostgreSQL; null when there is none.</summary>
    public async Task<object?[]?> LastKey(NpgsqlConnection connection)
    {
        var order = string.Join(", ", Key.Select(part => $"{part.SortExpression} desc"));
        var sql = $"select {string.Join(", ", Key.Select(part => part.Name))} from {Name} order by {order} limit 1";
        await foreach (var row in Read(connection, sql, Key.Length))
        {
            return row;
        }

        return null;
    }

    private static async IAsyncEnumerable<object?[]> Read(
        NpgsqlConnection connection, string sql, int width, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new object?[width];
            for (var i = 0; i < width; i++)
            {
                var value = reader.GetValue(i);
                row[i] = value is DBNull ? null : value;
            }

            yield return row;
        }
    }
}

/// <summary>A column of a table that is moved.</summary>
/// <param name="Name">Its name, or in a key what is made of one.</param>
/// <param name="Type">Its type in PostgreSQL.</param>
internal sealed record CopiedColumn(string Name, NpgsqlDbType Type)
{
    /// <summary>In PostgreSQL, in the order of its bytes, as SQLite has it.</summary>
    public string SortExpression => Type is NpgsqlDbType.Text ? $"({Name}) collate \"C\"" : Name;
}
