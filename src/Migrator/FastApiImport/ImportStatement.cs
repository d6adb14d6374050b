using System.Data.Common;

namespace GeminiChat.Migrator.FastApiImport;

internal sealed record ImportStatement(string Sql, IReadOnlyList<(string Name, object? Value)> Values)
{
    /// <summary>Runs one statement and returns the value that it reads.</summary>
    public async Task<object?> Scalar(DbConnection connection, DbTransaction? transaction)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = Sql;
        AddParameters(command.Parameters, command.CreateParameter);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Runs many statements, with a server in one round trip.</summary>
    /// <returns>How many rows each statement has changed.</returns>
    public static async Task<int[]> Run(DbConnection connection, DbTransaction transaction, IReadOnlyList<ImportStatement> rows) =>
        rows.Count == 0 ? []
        : connection.CanCreateBatch ? await RunBatch(connection, transaction, rows)
        : RunEach(connection, transaction, rows);

    private static async Task<int[]> RunBatch(DbConnection connection, DbTransaction transaction, IReadOnlyList<ImportStatement> rows)
    {
        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var row in rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = row.Sql;
            row.AddParameters(command.Parameters, command.CreateParameter);
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync();
        return [.. batch.BatchCommands.Select(command => command.RecordsAffected)];
    }

    // Compiles each statement once. SQLite's calls block the thread, which no other work needs here.
    private static int[] RunEach(DbConnection connection, DbTransaction transaction, IReadOnlyList<ImportStatement> rows)
    {
        var changed = new int[rows.Count];
        foreach (var same in rows.Index().GroupBy(row => row.Item.Sql, StringComparer.Ordinal))
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = same.Key;
            foreach (var (index, row) in same)
            {
                command.Parameters.Clear();
                row.AddParameters(command.Parameters, command.CreateParameter);
                changed[index] = command.ExecuteNonQuery();
            }
        }

        return changed;
    }

    private void AddParameters(DbParameterCollection parameters, Func<DbParameter> create)
    {
        foreach (var (name, value) in Values)
        {
            var parameter = create();
            (parameter.ParameterName, parameter.Value) = ($"@{name}", value ?? DBNull.Value);
            parameters.Add(parameter);
        }
    }
}
