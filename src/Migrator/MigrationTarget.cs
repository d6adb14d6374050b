using System.Data.Common;
using Dapper;
using GeminiChat.Silo.Store;

namespace GeminiChat.Migrator;

/// <summary>The database that data is moved into: locked, with this version's schema, and used by nobody else.</summary>
internal abstract class MigrationTarget(DatabaseAddress address, TimeProvider time) : IAsyncDisposable
{
    /// <summary>What must be empty before a move begins: every table that people leave something in.</summary>
    private static readonly string[] TablesThatMustBeEmpty =
    [
        "users", "rooms", "messages", "usage", "former_usage", "stripe_customers", "stripe_events", "deleted_rooms",
        "deleted_users", "unverified_numbers",
    ];

    public string Display => address.Display;

    /// <summary>The connection to the tables.</summary>
    public abstract DbConnection MainConnection { get; }

    /// <summary>The connection to the state of grains, which may be the same one.</summary>
    public abstract DbConnection GrainStateConnection { get; }

    /// <summary>ExclusiveLock a database, and brings its schema up to date if it holds nothing of somebody else's.</summary>
    /// <exception cref="MigrationRefusedException">It is in use, or holds something else, or is a newer version's.</exception>
    public static async Task<MigrationTarget> Open(DatabaseAddress address, MigrationContext context) => address switch
    {
        DatabaseAddress.Postgres server => await PostgresTargetDatabase.Open(server, context),
        DatabaseAddress.Sqlite file => await SqliteTargetDatabase.Open(file, context),
        _ => throw new InvalidOperationException("No such database."),
    };

    /// <summary>Notes that a move from this source has begun, or finds that it has.</summary>
    /// <returns>What had been moved, when that was done before; else null.</returns>
    /// <exception cref="MigrationRefusedException">The target holds anything else.</exception>
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

    /// <summary>Notes that all is there.</summary>
    public Task CompleteRun(string source, string digest) => MainConnection.ExecuteAsync(
        "update moves set done_at = @now, digest = @digest where source = @source",
        new { source, digest, now = time.GetUtcNow().ToUnixTimeMilliseconds() });

    public abstract ValueTask DisposeAsync();

    private async Task<bool> HasData()
    {
        var rows = string.Join(" union all ", TablesThatMustBeEmpty.Append("moves").Select(table => $"select 1 from (select 1 from {table} limit 1) {table}_1"));
        return await MainConnection.ExecuteScalarAsync<long>($"select count(*) from ({rows}) any_1") > 0
            || await GrainStateConnection.ExecuteScalarAsync<long>("select count(*) from (select 1 from OrleansStorage limit 1) one") > 0;
    }
}

/// <summary>A migration that is complete.</summary>
/// <param name="At">When.</param>
/// <param name="Digest">What it moved.</param>
internal sealed record CompletedMigration(DateTimeOffset At, string Digest);
