using System.Data.Common;
using Dapper;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Migrations;
using GeminiChat.Silo.Store.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace GeminiChat.Migrator;

/// <summary>
/// A PostgreSQL database. The session that transaction is the one that holds the lock: when one is lost, so is the other.
/// </summary>
internal sealed class PostgresTargetDatabase : MigrationTarget
{
    private const string CountTables = """
        select count(*) from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
        """;

    // Building an index, or looking through all messages, takes minutes when there are many millions.
    private const int StatementTimeoutSeconds = 3600;

    private readonly NpgsqlConnection _connection;

    private PostgresTargetDatabase(DatabaseAddress address, NpgsqlConnection connection, TimeProvider time)
        : base(address, time) => _connection = connection;

    public NpgsqlConnection Connection => _connection;

    public override DbConnection MainConnection => _connection;

    public override DbConnection GrainStateConnection => _connection;

    public static async Task<PostgresTargetDatabase> Open(DatabaseAddress.Postgres address, MigrationContext context)
    {
        var connection = new NpgsqlConnection(ConnectionString(address));
        try
        {
            await connection.OpenAsync();
            await ExclusiveLock.Acquire(
                async () => await AdvisoryLocks.TryLockDatabase(connection, shared: false, CancellationToken.None), address.Display, context);
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

    /// <summary>For a session that works for hours.</summary>
    public static string ConnectionString(DatabaseAddress.Postgres address) =>
        new NpgsqlConnectionStringBuilder(PostgresConnections.WithoutPooling(PostgresConnections.WithTimeouts(address.ConnectionString)))
        {
            CommandTimeout = StatementTimeoutSeconds,
            ApplicationName = "geminichat-migrate",
        }.ConnectionString;

    public override ValueTask DisposeAsync() => _connection.DisposeAsync();

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
                throw new MigrationRefusedException($"The database {display} is a newer version's; move with that one.");
            }
        }
    }
}
