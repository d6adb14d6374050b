using Dapper;
using GeminiChat.Silo.Tests.Store;

namespace GeminiChat.Silo.Tests.Migrator;

/// <summary>From the FastAPI service before this one.</summary>
public sealed class FastApiImportTests
{
    private const string Tables = """
        create table users (id integer, mobile_number text);
        create table chatrooms (id integer, user_id integer);
        create table messages (id integer, chatroom_id integer, sender text, content text);
        """;

    [Fact]
    public async Task An_import_from_a_FastAPI_service_that_still_runs_is_refused()
    {
        await using PostgresTestDatabase old = new();
        await using SqliteTestDatabase target = new();
        old.SkipUnlessAvailable();
        await old.InitializeAsync();
        await using var session = await old.Open();
        await session.ExecuteAsync(Tables);

        var (code, _, errors) = await CopyPair.Run("--from-fastapi", old.Url, "--to", target.Url);

        Assert.Equal(1, code);
        Assert.Contains("in use by a running process", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(target.File));
    }
}
