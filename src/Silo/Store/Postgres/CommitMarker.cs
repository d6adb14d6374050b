using GeminiChat.Silo.Store.Writing;
using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>
/// A row for each writer. Every transaction of the writer first sets the row to the transaction's number, which locks the row.
/// So reading the row for update waits until a transaction with a lost connection has ended, and shows whether it was committed.
/// </summary>
internal sealed class CommitMarker(TimeProvider time)
{
    private const string Set = """
        insert into commit_marks (lane, batch, at) values (@lane, @batch, @at)
        on conflict (lane) do update set batch = excluded.batch, at = excluded.at
        """;

    private readonly Guid _writerId = Guid.CreateVersion7(time.GetUtcNow());
    private long _batch;

    /// <summary>The statement that marks the next transaction.</summary>
    public Statement NextStatement() =>
        new(Set, [("lane", _writerId), ("batch", ++_batch), ("at", time.GetUtcNow().ToUnixTimeMilliseconds())]);

    /// <summary>Waits for the end of the last marked transaction; true when it was committed.</summary>
    public async Task<bool> WasCommitted(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select batch from commit_marks where lane = @lane for update", connection);
        command.Parameters.AddWithValue("lane", _writerId);
        return await command.ExecuteScalarAsync(cancellationToken) is long batch && batch == _batch;
    }

    /// <summary>Removes the rows of processes that ended long ago. A writer whose row was removed inserts it again.</summary>
    public static async Task RemoveOld(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("delete from commit_marks where at < @before", connection);
        command.Parameters.AddWithValue("before", now.AddDays(-1).ToUnixTimeMilliseconds());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
