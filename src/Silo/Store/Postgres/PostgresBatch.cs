using GeminiChat.Silo.Store.Writing;
using Npgsql;
using NpgsqlTypes;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>A batch of writes as one pipelined message to the server.</summary>
internal static class PostgresBatch
{
    private const string LockUsers = "select pg_advisory_xact_lock(key) from unnest(@keys) as key";

    /// <summary>Runs the commit mark, the locks on users and all statements, in this order.</summary>
    /// <returns>For each operation, how many rows its first statement changed.</returns>
    public static async Task<int[]> Execute(NpgsqlConnection connection, Statement mark, IReadOnlyList<WriteOperation> operations)
    {
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, mark);
        var users = WriteOrder.UserLocks(operations);
        if (users.Length > 0)
        {
            Add(batch, new Statement(LockUsers, [("keys", users)]));
        }

        var first = new int[operations.Count];
        for (var i = 0; i < first.Length; i++)
        {
            first[i] = batch.BatchCommands.Count;
            foreach (var statement in operations[i].Statements)
            {
                Add(batch, statement);
            }

            if (operations[i].Query is { } query)
            {
                Add(batch, query);
            }
        }

        await Run(batch, operations, hasLocks: users.Length > 0);
        return Array.ConvertAll(first, at => batch.BatchCommands[at].RecordsAffected);
    }

    /// <summary>The reader skips results without rows. So it stops at the locks and at each query.</summary>
    private static async Task Run(NpgsqlBatch batch, IReadOnlyList<WriteOperation> operations, bool hasLocks)
    {
        await using var reader = await batch.ExecuteReaderAsync();
        if (hasLocks)
        {
            await reader.NextResultAsync();
        }

        foreach (var operation in operations.Where(operation => operation.Query is not null))
        {
            await reader.ReadAsync();
            operation.Read(RowReader.Integers(reader));
            await reader.NextResultAsync();
        }

        while (await reader.NextResultAsync())
        {
            // An error of one of the remaining statements is raised here.
        }
    }

    private static void Add(NpgsqlBatch batch, Statement statement)
    {
        var command = new NpgsqlBatchCommand(statement.Sql);
        foreach (var (name, value) in statement.Parameters)
        {
            command.Parameters.Add(new NpgsqlParameter(name, TypeOf(value.Type)) { Value = value.Value ?? DBNull.Value });
        }

        batch.BatchCommands.Add(command);
    }

    private static NpgsqlDbType TypeOf(SqlType type) => type switch
    {
        SqlType.Uuid => NpgsqlDbType.Uuid,
        SqlType.Long => NpgsqlDbType.Bigint,
        SqlType.Int => NpgsqlDbType.Integer,
        SqlType.Text => NpgsqlDbType.Text,
        SqlType.TextArray => NpgsqlDbType.Array | NpgsqlDbType.Text,
        SqlType.LongArray => NpgsqlDbType.Array | NpgsqlDbType.Bigint,
        SqlType.UuidArray => NpgsqlDbType.Array | NpgsqlDbType.Uuid,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
