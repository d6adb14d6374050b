using System.Data.Common;
using GeminiChat.ServiceDefaults;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.Silo.Store.Migrations;
using GeminiChat.Silo.Store.Search;
using GeminiChat.Silo.Store.Writing;
using Microsoft.Data.Sqlite;
using Orleans.Configuration;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>
/// A SQLite file that only this process writes, and a second one for grain state. Both use the write-ahead log, so that reads
/// never wait for a write, and flush it at each commit.
/// </summary>
internal sealed class SqliteDatabase(
    DatabaseAddress.Sqlite address,
    StoreTimeouts timeouts,
    TimeProvider time,
    ILogger<SqliteDatabase> logger) : Database(logger)
{
    /// <summary>The folder of the file's migration scripts.</summary>
    public const string Scripts = "Sqlite";

    /// <summary>The folder of the migration scripts of the file for grain state.</summary>
    public const string GrainsScripts = "SqliteGrains";

    private readonly string _readString = SqliteConnections.ForReading(address.File);
    private readonly GrainStateDataSource _grains = new(address.GrainsFile);
    private readonly WalTruncator _truncation = new([address.File, address.GrainsFile], time, logger);

    public override string Display => address.Display;

    // changes() counts the rows of the statement before: there is one writer, so no other statement runs in between.
    public override ImmutableArray<string> FinishReplySql { get; } =
    [
        $"""
        update messages
        set {RoomWrites.EndReply}
        where room_id = @room and id = @id and attempt = @attempt and sender = 1 and status < 2
        """,
        $"{RoomWrites.TouchRoom} where room_id = @room and changes() = 1",
    ];

    public override ImmutableArray<string> FinishReplyAndCountSearchesSql =>
        [.. FinishReplySql, $"{RoomWrites.AddSearches} where changes() = 1 {RoomWrites.OrToExistingUsage}"];

    public override ImmutableArray<string> FinishReplyAndRefundSql => [.. FinishReplySql, .. RefundSql];

    public override ImmutableArray<string> FinishReplyCountSearchesAndRefundSql => [.. FinishReplyAndCountSearchesSql, .. RefundSql];

    private static ImmutableArray<string> RefundSql =>
    [
        $"""
        {RoomWrites.RefundUsage}
        where changes() = 1 and user_id = @user
          and utc_day = (select charged_day from messages where room_id = @room and id = @id)
          and {RoomWrites.IsRefundable}
        """,
        "update messages set charged_day = null where room_id = @room and id = @id and changes() = 1",
    ];

    public override MessageIndex Index => SqliteMessageIndex.Instance;

    public override string ArrayTable(string parameter) => $"json_each({parameter}) as k";

    public override object ArrayParameter(ImmutableArray<long> values) => $"[{string.Join(',', values)}]";

    public override object ArrayParameter(ImmutableArray<Guid> values) => ToArray(values);

    /// <summary>Ids as a JSON array, in upper case, as they are stored.</summary>
    public static string ToArray(IEnumerable<Guid> ids) => $"[{string.Join(',', ids.Select(id => $"\"{id.ToString().ToUpperInvariant()}\""))}]";

    public override Task<IAsyncDisposable?> TryLock(bool shared, CancellationToken cancellationToken)
    {
        if (shared)
        {
            throw new StartupException(
                "A cluster needs PostgreSQL, which several processes can use: set DATABASE_URL to postgresql://…");
        }

        // Our files in the folder: the two databases, their logs and locks, and the secret key of a development run.
        PrivateFiles.EnsureFolder(Path.GetDirectoryName(address.File)!, Path.GetFileNameWithoutExtension(address.File) + ".", "secret.key");
        return Task.FromResult<IAsyncDisposable?>(FileLock.TryAcquire(address.File + ".lock"));
    }

    public override async Task Migrate(CancellationToken cancellationToken)
    {
        foreach (var (file, scripts) in new[] { (address.File, Scripts), (address.GrainsFile, GrainsScripts) })
        {
            // SQLite creates the files beside it with the mode of this file.
            PrivateFiles.CreateOrRestrict(file);
            PrivateFiles.RestrictToOwner(file + "-wal");
            PrivateFiles.RestrictToOwner(file + "-shm");
            await using var connection = SqliteConnections.Open(SqliteConnections.ForWriting(file), timeouts.Busy);
            SchemaMigrations.Run(deploy => deploy.SqliteDatabase(connection.ConnectionString), scripts, logger);
        }

        // An earlier process may have ended after a deletion, before its logs were emptied.
        OnTextDeleted();
    }

    public override void OnTextDeleted() => _truncation.Request();

    public override void ConfigureGrainStorage(AdoNetGrainStorageOptions options)
    {
        options.Invariant = "System.Data.SQLite";
        options.DataSource = _grains;
    }

    public override IBatchRunner OpenRunner() => new SqliteBatchRunner(SqliteConnections.ForWriting(address.File), timeouts);

    public override async ValueTask DisposeAsync()
    {
        await _truncation.DisposeAsync();
        await using (var pooled = new SqliteConnection(_readString))
        {
            SqliteConnection.ClearPool(pooled);
        }

        await _grains.DisposeAsync();
    }

    // SQLite's calls block the thread, and callers are grains.
    protected override Task<T> ReadOffThread<T>(Func<DbConnection, Task<T>> query) => Task.Run(async () =>
    {
        await using var connection = new SqliteConnection(_readString);
        await connection.OpenAsync();
        return await query(connection);
    });
}
