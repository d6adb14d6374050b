using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>The database to lock.</summary>
/// <param name="ConnectionString">The connection string, without pooling.</param>
/// <param name="Display">The database's name as people read it.</param>
/// <param name="Shared">Whether other processes may hold a shared lock at the same time.</param>
internal sealed record LockTarget(string ConnectionString, string Display, bool Shared);

/// <summary>
/// A session that holds the lock on the use of a database. It has its own name in the server's list of sessions.
/// </summary>
internal sealed class LockSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly string _name;

    private LockSession(NpgsqlConnection connection, string name) => (_connection, _name) = (connection, name);

    /// <summary>Opens a session and takes the lock; null when another session has it.</summary>
    /// <param name="target">The database to lock.</param>
    /// <param name="time">The clock, for the session's name.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="lost">
    /// This process's lost session. The server may not have noticed the loss, and the session may still hold the lock there,
    /// so it is terminated first.
    /// </param>
    public static async Task<LockSession?> TryOpen(
        LockTarget target, TimeProvider time, CancellationToken cancellationToken, LockSession? lost = null)
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
