using System.Data.Common;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Search;
using GeminiChat.Silo.Store.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace GeminiChat.Migrator;

/// <summary>The two SQLite files of a single process.</summary>
internal sealed class SqliteTargetDatabase : MigrationTarget
{
    private readonly IAsyncDisposable _lock;
    private readonly SqliteConnection _main;
    private readonly SqliteConnection _grains;

    private SqliteTargetDatabase(DatabaseAddress.Sqlite address, IAsyncDisposable held, MigrationContext context)
        : base(address, context.Time) => (_lock, _main, _grains) = (
            held,
            SqliteConnections.Open(SqliteConnections.ForWriting(address.File), context.Timings.Busy),
            SqliteConnections.Open(SqliteConnections.ForWriting(address.GrainsFile), context.Timings.Busy));

    public override MessageIndex Index => SqliteMessageIndex.Instance;

    public override DbConnection MainConnection => _main;

    public override DbConnection GrainStateConnection => _grains;

    public static async Task<SqliteTargetDatabase> Open(DatabaseAddress.Sqlite address, MigrationContext context)
    {
        await using var database = new SqliteDatabase(address, context.Timings, context.Time, NullLogger<SqliteDatabase>.Instance);
        IAsyncDisposable? held = null;
        await context.AcquireLock(
            async () => (held = await database.TryLock(shared: false, CancellationToken.None)) is not null, address.Display);
        try
        {
            SqliteSchemaCheck.RefuseNewerVersion(address);
            await database.Migrate(CancellationToken.None);
            return new SqliteTargetDatabase(address, held!, context);
        }
        catch
        {
            await held!.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _main.DisposeAsync();
        await _grains.DisposeAsync();
        await _lock.DisposeAsync();
    }
}
