using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Migrations;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Silo.Tests.Store;

public sealed class MigrationOnSqliteTests(SqliteTestDatabase database)
    : MigrationTests(database), IClassFixture<SqliteTestDatabase>
{
    protected override string JournalCount => "select count(*) from SchemaVersions";

    [Fact]
    public async Task Both_files_use_the_write_ahead_log()
    {
        await using var host = await StoreHost.Start(Database.Url);
        var address = Assert.IsType<DatabaseAddress.Sqlite>(host.Service<DatabaseAddress>());
        foreach (var file in new[] { address.File, address.GrainsFile })
        {
            await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "pragma journal_mode";
            Assert.Equal("wal", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
    }
}

public sealed class MigrationOnPostgresTests(PostgresTestDatabase database)
    : MigrationTests(database), IClassFixture<PostgresTestDatabase>
{
    protected override string JournalCount => "select count(*) from schema_versions";

    [Fact]
    public async Task Silos_may_start_at_the_same_moment()
    {
        Database.SkipUnlessAvailable();

        var hosts = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => StoreHost.Start(Database.Url, clustered: true)));

        foreach (var host in hosts)
        {
            await host.Rooms.CreateRoomWithTurns(1);
            await host.DisposeAsync();
        }

        var scripts = typeof(SchemaMigrations).Assembly.GetManifestResourceNames()
            .Count(name => name.Contains(".Migrations.Postgres.", StringComparison.Ordinal));
        Assert.Equal(scripts, await Database.Count(JournalCount));
    }
}

public abstract class MigrationTests(TestDatabase database)
{
    protected TestDatabase Database { get; } = database;

    protected abstract string JournalCount { get; }

    [Fact]
    public async Task A_second_start_keeps_the_data_and_runs_nothing_again()
    {
        Database.SkipUnlessAvailable();
        GrainInterfaces.RoomKey room;
        long scripts;
        await using (var first = await StoreHost.Start(Database.Url))
        {
            room = await first.Rooms.CreateRoomWithTurns(1);
            scripts = await Database.Count(JournalCount);
        }

        await using var second = await StoreHost.Start(Database.Url);

        Assert.NotNull(await second.Rooms.Load(room, tail: 1));
        Assert.Equal(scripts, await Database.Count(JournalCount));
        Assert.Contains(
            second.Log.Lines,
            line => line.StartsWith("Migration: No new scripts need to be executed", StringComparison.Ordinal));
    }

    [Fact]
    public void Scripts_are_found()
    {
        var names = typeof(SchemaMigrations).Assembly.GetManifestResourceNames();

        Assert.Contains(names, name => name.EndsWith("Sqlite.0001_rooms.sql", StringComparison.Ordinal));
        Assert.Contains(names, name => name.EndsWith("Postgres.0001_rooms.sql", StringComparison.Ordinal));
    }
}
