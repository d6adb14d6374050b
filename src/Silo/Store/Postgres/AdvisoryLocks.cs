using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>
/// The advisory locks of this service. These locks have two numbers. They never conflict with the locks of one number, which
/// batches take for users (<see cref="Writing.WriteOrder"/>).
/// </summary>
internal static class AdvisoryLocks
{
    // Any number that no other program uses in the same database.
    private const int LockNamespace = 0x47434841;
    private const int DatabaseUse = 1;
    private const int Migration = 2;

    /// <summary>Tries to take the lock on the use of the database. The session holds it until it ends.</summary>
    public static async Task<bool> TryLockDatabase(NpgsqlConnection session, bool shared, CancellationToken cancellationToken)
    {
        var function = shared ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock";
        await using var command = new NpgsqlCommand($"select {function}({LockNamespace}, {DatabaseUse})", session);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Waits for the lock on migrations, at most a minute. The session holds it until it ends.</summary>
    public static async Task LockForMigration(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select pg_advisory_lock({LockNamespace}, {Migration})", session)
        {
            CommandTimeout = 60,
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
