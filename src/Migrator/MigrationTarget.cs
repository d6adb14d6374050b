using System.Data.Common;
using Dapper;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Search;

namespace GeminiChat.Migrator;

/// <summary>The database into which data is moved: locked, with this version's schema, and used by no other process.</summary>
internal abstract class MigrationTarget(DatabaseAddress address, TimeProvider time) : IAsyncDisposable
{
    // All tables with data of users. They must be empty before a migration begins.
    private static readonly string[] TablesThatMustBeEmpty =
    [
        "users", "rooms", "messages", "usage", "former_usage", "stripe_customers", "stripe_events", "deleted_rooms",
        "deleted_users", "unverified_numbers", "files", "file_erasures", "api_keys",
    ];

    public string Display => address.Display;

    public abstract MessageIndex Index { get; }

    /// <summary>The connection to the tables.</summary>
    public abstract DbConnection MainConnection { get; }

    /// <summary>The connection to the grain state. It may be the same connection.</summary>
    public abstract DbConnection GrainStateConnection { get; }

    /// <summary>Locks a database, and migrates its schema unless it holds other data.</summary>
    /// <exception cref="MigrationRefusedException">
    /// The database is in use, holds other data, or has a newer version's schema.
    /// </exception>
    public static async Task<MigrationTarget> Open(DatabaseAddress address, MigrationContext context) => address switch
    {
        DatabaseAddress.Postgres server => await PostgresTargetDatabase.Open(server, context),
        DatabaseAddress.Sqlite file => await SqliteTargetDatabase.Open(file, context),
        _ => throw new InvalidOperationException("No such database."),
    };

    /// <summary>Records the begin of the migration of a source, unless it is recorded already.</summary>
    /// <returns>The earlier migration of this source if it is complete; else null.</returns>
    /// <exception cref="MigrationRefusedException">The target holds other data.</exception>
    public async Task<CompletedMigration?> BeginRun(string source)
    {
        var move = await MainConnection.QuerySingleOrDefaultAsync<(long? DoneAt, string? Digest)?>(
            "select done_at, digest from moves where source = @source", new { source });
        if (move is { DoneAt: { } doneAt, Digest: { } digest })
        {
            return new CompletedMigration(DateTimeOffset.FromUnixTimeMilliseconds(doneAt), digest);
        }

        if (move is null)
        {
            if (await HasData())
            {
                throw new MigrationRefusedException($"The database {Display} holds other data; a move needs an empty one.");
            }

            await MainConnection.ExecuteAsync(
                "insert into moves (source, began_at) values (@source, @now)",
                new { source, now = time.GetUtcNow().ToUnixTimeMilliseconds() });
        }

        return null;
    }

    /// <summary>Records that the migration is complete.</summary>
    public Task CompleteRun(string source, string digest) => MainConnection.ExecuteAsync(
        "update moves set done_at = @now, digest = @digest where source = @source",
        new { source, digest, now = time.GetUtcNow().ToUnixTimeMilliseconds() });

    public abstract ValueTask DisposeAsync();

    private async Task<bool> HasData()
    {
        var rows = string.Join(" union all ", TablesThatMustBeEmpty.Append("moves").Select(
            table => $"select 1 from (select 1 from {table} limit 1) {table}_1"));
        return await MainConnection.ExecuteScalarAsync<long>($"select count(*) from ({rows}) any_1") > 0
            || await GrainStateConnection.ExecuteScalarAsync<long>("select count(*) from (select 1 from OrleansStorage limit 1) one") > 0;
    }
}

/// <summary>A migration that is complete.</summary>
/// <param name="At">When it was completed.</param>
/// <param name="Digest">The digest of the moved data.</param>
internal sealed record CompletedMigration(DateTimeOffset At, string Digest);
