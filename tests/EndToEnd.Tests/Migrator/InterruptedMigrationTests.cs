using Microsoft.Data.Sqlite;

namespace GeminiChat.EndToEnd.Tests.Migrator;

/// <summary>A move that is killed.</summary>
public sealed class InterruptedMigrationTests(ITestOutputHelper output) : IDisposable
{
    private const int Messages = 100_000;

    // As a conversation has them: some hundred bytes each.
    private const string Fill = """
        with recursive n(i) as (select 1 union all select i + 1 from n where i < $messages)
        insert into messages (room_id, id, sender, content, created_at, status, attempt, touched_at)
        select upper(printf('%08x-0000-7000-8000-000000000000', i / 100)), i % 100 + 1, i % 2, hex(randomblob(100)), i, 2, 1, i from n
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_database_copy_that_was_killed_resumes_where_it_stopped()
    {
        const string Source = "sqlite:///data/geminichat.db";
        await using var target = await TemporaryDatabase.Create();
        string[] words = ["--from", Source, "--to", target.Url];
        await CreateSource(Source);
        var messages = await FillSource();
        using (var killed = MigrateProcess.Start(_folder.Path, words))
        {
            await WaitForFirstRows(target);
            await killed.Kill();
        }

        var arrived = await target.Count("select count(*) from messages");
        output.WriteLine($"{arrived} rows had arrived");
        Assert.InRange(arrived, 1, messages - 1);

        var (code, report) = await MigrateProcess.Run(_folder.Path, words);

        Assert.True(code == 0, report);
        Assert.Contains($"messages: {messages - arrived} rows moved", report, StringComparison.Ordinal);
        Assert.Contains($"messages: {messages} rows, the same in both", report, StringComparison.Ordinal);
    }

    /// <summary>An import creates a database sooner than a gateway does.</summary>
    private async Task CreateSource(string address)
    {
        await using var old = await FastApiDatabase.Create();
        var (code, report) = await MigrateProcess.Run(_folder.Path, "--from-fastapi", old.Url, "--to", address, "--region", "DE");
        Assert.True(code == 0, report);
    }

    /// <summary>Adds many messages, and returns how many there are then.</summary>
    private async Task<long> FillSource()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "data", "geminichat.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = Fill;
        command.Parameters.AddWithValue("$messages", Messages);
        await command.ExecuteNonQueryAsync();
        command.CommandText = "select count(*) from messages";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task WaitForFirstRows(TemporaryDatabase target)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = Deadline.Start();
        while (await target.Count("select case when to_regclass('moves') is null then 0 else 1 end") == 0
            || await target.Count("select count(*) from messages") == 0)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }
}
