using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>A session that holds the lock on the use of a database. It has a name of its own in the server's list.</summary>
internal sealed class LockSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly string _name;

    private LockSession(NpgsqlConnection connection, string name) => (_connection, _name) = (connection, name);

    /// <summary>Opens a session and takes the lock; null when somebody else has it.</summary>
    /// <param name="target">What to lock.</param>
    /// <param name="time">For the session's name.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="lost">
    /// A session of this process that was lost on this side only: the server may not know yet, and let it keep the lock.
    /// </param>
    public static async Task<LockSession?> TryOpen(
        LockTarget target,
        TimeProvider time,
        CancellationToken cancellationToken,
        LockSession? lost = null)
    {
        var name = $"geminichat-lock-{Guid.CreateVersion7(time.GetUtcNow()):N}";
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(target.ConnectionString) { ApplicationName = name }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            if (lost is not null)
            {
                await TerminateSession(connection, lost._name, cancellationToken);
            }

            if (await AdvisoryLocks.TryLockDatabase(connection, target.Shared, cancellationToken))
            {
                return new LockSession(connection, name);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    public async Task<bool> IsAlive(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand("select 1", _connection) { CommandTimeout = 5 };
            await command.ExecuteScalarAsync(cancellationToken);
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task TerminateSession(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = @name", connection);
        command.Parameters.AddWithValue("name", name);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
