using GeminiChat.Silo.Store.Writing;
using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>
/// A row of a writer's own, which each of its transactions sets to its number before anything else. The row is locked
/// from then on, so reading it for update waits until a lost transaction has ended, and then tells how.
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

    /// <summary>Whether the last marked transaction was committed. Waits for its end.</summary>
    public async Task<bool> WasCommitted(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select batch from commit_marks where lane = @lane for update", connection);
        command.Parameters.AddWithValue("lane", _writerId);
        return await command.ExecuteScalarAsync(cancellationToken) is long batch && batch == _batch;
    }

    /// <summary>Removes rows of processes that ended long ago. A writer whose row is gone writes it anew.</summary>
    public static async Task RemoveOld(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("delete from commit_marks where at < @before", connection);
        command.Parameters.AddWithValue("before", now.AddDays(-1).ToUnixTimeMilliseconds());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
