using GeminiChat.Silo.Store.Migrations;
using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>The tables of a PostgreSQL database.</summary>
internal static class PostgresSchema
{
    /// <summary>The folder of the migration scripts.</summary>
    public const string Scripts = "Postgres";

    /// <summary>The table in which DbUp records the scripts that have run.</summary>
    public const string Journal = "schema_versions";

    /// <summary>Migrates the tables to this version, one process at a time.</summary>
    public static async Task Migrate(
        string connectionString, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var unpooled = PostgresConnections.WithoutPooling(connectionString);
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync(cancellationToken);

        // The session, and with it the lock, ends at the end of this method.
        await AdvisoryLocks.LockForMigration(connection, cancellationToken);
        SchemaMigrations.Run(
            deploy => deploy.PostgresqlDatabase(unpooled).JournalToPostgresqlTable("public", Journal), Scripts, logger);
        await CommitMarker.RemoveOld(connection, time.GetUtcNow(), cancellationToken);
    }
}
