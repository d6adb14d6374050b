using System.Data.Common;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>A statement with its values.</summary>
internal sealed record ImportStatement(string Sql, IReadOnlyList<(string Name, object? Value)> Values)
{
    /// <summary>Runs it alone and gives what it finds.</summary>
    public async Task<object?> Scalar(DbConnection connection, DbTransaction? transaction)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = Sql;
        foreach (var (name, value) in Values)
        {
            command.Parameters.Add(Parameter(command.CreateParameter(), name, value));
        }

        return await command.ExecuteScalarAsync();
    }

    /// <summary>Runs many, in one exchange with the server where there is one.</summary>
    /// <returns>How many rows each has changed.</returns>
    public static async Task<int[]> Run(DbConnection connection, DbTransaction transaction, IReadOnlyList<ImportStatement> rows)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        return connection.CanCreateBatch
            ? await RunBatch(connection, transaction, rows)
            : RunEach(connection, transaction, rows);
    }

    private static async Task<int[]> RunBatch(DbConnection connection, DbTransaction transaction, IReadOnlyList<ImportStatement> rows)
    {
        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var row in rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = row.Sql;
            foreach (var (name, value) in row.Values)
            {
                command.Parameters.Add(Parameter(command.CreateParameter(), name, value));
            }

            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync();
        return [.. batch.BatchCommands.Select(command => command.RecordsAffected)];
    }

    /// <summary>Statements are compiled once. SQLite's calls block, and nobody else waits here.</summary>
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
                foreach (var (name, value) in row.Values)
                {
                    command.Parameters.Add(Parameter(command.CreateParameter(), name, value));
                }

                changed[index] = command.ExecuteNonQuery();
            }
        }

        return changed;
    }

    private static DbParameter Parameter(DbParameter parameter, string name, object? value)
    {
        (parameter.ParameterName, parameter.Value) = ($"@{name}", value ?? DBNull.Value);
        return parameter;
    }
}
