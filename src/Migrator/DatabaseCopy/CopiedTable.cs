using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace GeminiChat.Migrator.DatabaseCopy;

/// <summary>A table to copy. Its columns have the same names in both databases.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Columns">The table's columns.</param>
/// <param name="Key">A unique key, by which both databases order the rows in the same way.</param>
internal sealed record CopiedTable(string Name, ImmutableArray<CopiedColumn> Columns, ImmutableArray<CopiedColumn> Key)
{
    public string ColumnList => string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>The rows in PostgreSQL, in any order.</summary>
    public IAsyncEnumerable<object?[]> Read(NpgsqlConnection connection) =>
        Read(connection, $"select {ColumnList} from {Name}", Columns.Length);

    /// <summary>The key of the last row in PostgreSQL; null when there is none.</summary>
    public ValueTask<object?[]?> LastKey(NpgsqlConnection connection)
    {
        var order = string.Join(", ", Key.Select(part => $"{part.SortExpression} desc"));
        var sql = $"select {string.Join(", ", Key.Select(part => part.Name))} from {Name} order by {order} limit 1";
        return Read(connection, sql, Key.Length).FirstOrDefaultAsync();
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

/// <summary>A column of a table to copy.</summary>
/// <param name="Name">The column's name, or in a key an expression.</param>
/// <param name="Type">The type in PostgreSQL.</param>
internal sealed record CopiedColumn(string Name, NpgsqlDbType Type)
{
    /// <summary>The expression by which PostgreSQL sorts like SQLite: text by its bytes.</summary>
    public string SortExpression => Type is NpgsqlDbType.Text ? $"({Name}) collate \"C\"" : Name;
}
