using Dapper;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Migrations;
using GeminiChat.Silo.Store.Postgres;
using GeminiChat.Silo.Store.Search;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace GeminiChat.Migrator;

/// <summary>
/// A PostgreSQL database. One session writes and holds the lock, so it cannot write after it has lost the lock.
/// </summary>
internal sealed class PostgresTargetDatabase : MigrationTarget
{
    private const string CountTables = """
        select count(*) from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
        """;

    // With many millions of messages it takes minutes to build an index or to read all of them.
    private const int StatementTimeoutSeconds = 3600;

    private PostgresTargetDatabase(DatabaseAddress address, NpgsqlConnection connection, TimeProvider time)
        : base(address, time) => MainConnection = connection;

    public override MessageIndex Index => PostgresMessageIndex.Instance;

    public override NpgsqlConnection MainConnection { get; }

    public override NpgsqlConnection GrainStateConnection => MainConnection;

    public static async Task<PostgresTargetDatabase> Open(DatabaseAddress.Postgres address, MigrationContext context)
    {
        var connection = new NpgsqlConnection(ConnectionString(address));
        try
        {
            await connection.OpenAsync();
            await context.AcquireLock(
                () => AdvisoryLocks.TryLockDatabase(connection, shared: false, CancellationToken.None), address.Display);
            await RequireOwnSchema(connection, address.Display);
            await PostgresSchema.Migrate(address.ConnectionString, context.Time, NullLogger.Instance, CancellationToken.None);
            return new PostgresTargetDatabase(address, connection, context.Time);
        }
        catch (NpgsqlException e)
        {
            await connection.DisposeAsync();
            throw new MigrationRefusedException($"The database {address.Display} cannot be used: {e.Message}", e);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string of a session that runs for hours.</summary>
    public static string ConnectionString(DatabaseAddress.Postgres address) =>
        new NpgsqlConnectionStringBuilder(PostgresConnections.WithoutPooling(PostgresConnections.WithTimeouts(address.ConnectionString)))
        {
            CommandTimeout = StatementTimeoutSeconds,
            ApplicationName = "geminichat-migrate",
        }.ConnectionString;

    public override ValueTask DisposeAsync() => MainConnection.DisposeAsync();

    private static async Task RequireOwnSchema(NpgsqlConnection connection, string display)
    {
        if (await connection.ExecuteScalarAsync<bool>($"select to_regclass('public.{PostgresSchema.Journal}') is null"))
        {
            if (await connection.ExecuteScalarAsync<long>(CountTables) > 0)
            {
                throw new MigrationRefusedException($"The database {display} holds tables of another program; a move needs an empty one.");
            }
        }
        else
        {
            var scripts = await connection.QueryAsync<string>($"select scriptname from {PostgresSchema.Journal}");
            if (scripts.Except(SchemaMigrations.ScriptNames(PostgresSchema.Scripts), StringComparer.Ordinal).Any())
            {
                throw new MigrationRefusedException($"The database {display} is a newer version's. Run migrate of that version.");
            }
        }
    }
}
