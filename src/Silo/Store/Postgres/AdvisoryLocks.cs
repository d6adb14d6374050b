using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>
/// The advisory locks of this service. Those of two numbers are held by sessions and never meet those of one number,
/// which batches take for users (<see cref="Writing.WriteOrder"/>).
/// </summary>
internal static class AdvisoryLocks
{
    // Any number will do, if no other program uses it in the same database.
    private const int LockNamespace = 0x47434841;
    private const int DatabaseUse = 1;
    private const int Migration = 2;

    /// <summary>Tries to take the lock on the use of the database, for the length of the session.</summary>
    public static async Task<bool> TryLockDatabase(NpgsqlConnection session, bool shared, CancellationToken cancellationToken)
    {
        var function = shared ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock";
        await using var command = new NpgsqlCommand($"select {function}({LockNamespace}, {DatabaseUse})", session);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Waits for the lock on migrations, for the length of the session; at most a minute.</summary>
    public static async Task LockForMigration(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select pg_advisory_lock({LockNamespace}, {Migration})", session)
        {
            CommandTimeout = 60,
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
