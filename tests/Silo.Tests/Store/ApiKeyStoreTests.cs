using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;
using GeminiChat.ServiceDefaults;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Silo.Tests.Store;

public sealed class ApiKeyStoreOnSqliteTests(SqliteTestDatabase database)
    : ApiKeyStoreTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class ApiKeyStoreOnPostgresTests(PostgresTestDatabase database)
    : ApiKeyStoreTests(database), IClassFixture<PostgresTestDatabase>;

/// <summary>The command <c>keys</c> beside a process that uses the database.</summary>
public abstract class ApiKeyStoreTests(TestDatabase database) : StoreTestsBase(database)
{
    private IApiKeyStore Stored => Host.Service<IApiKeyStore>();

    [Fact]
    public async Task A_key_of_the_command_is_found_by_its_id_until_it_is_revoked()
    {
        var (id, hash) = await Create("--expires", "90d");

        var key = await Stored.Find(id);

        Assert.Equal((hash, ApiKeyScope.Users, null), (key!.SecretHash, key.Scope, key.LastUsedAt));
        Assert.InRange(key.ExpiresAt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(89), TimeSpan.FromDays(90));
        Assert.Null(await Stored.Find(Guid.CreateVersion7()));
        Assert.Equal(0, (await Run("revoke", id.ToString())).Code);
        Assert.Null(await Stored.Find(id));
        Assert.Contains($"{id:N}  users   revoked", (await Run("list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_use_is_recorded_unless_a_newer_one_is()
    {
        var (id, _) = await Create();
        var noon = SampleData.Noon;

        Assert.True(await Stored.RecordUse(id, noon, unlessAfter: noon.AddMinutes(-1)));
        Assert.False(await Stored.RecordUse(id, noon.AddSeconds(59), unlessAfter: noon.AddSeconds(-1)));
        Assert.Equal(noon, (await Stored.Find(id))!.LastUsedAt);
        Assert.True(await Stored.RecordUse(id, noon.AddSeconds(60), unlessAfter: noon));
        Assert.Equal(noon.AddSeconds(60), (await Stored.Find(id))!.LastUsedAt);
        Assert.False(await Stored.RecordUse(Guid.CreateVersion7(), noon, unlessAfter: noon));
    }

    private async Task<(Guid Id, string Hash)> Create(params string[] more)
    {
        var (code, output) = await Run(["create", "--scope", "users", "--name", "Server", .. more]);
        Assert.Equal(0, code);
        var text = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Last();
        Assert.True(ApiKeyText.TryParse(text, out var id, out var hash));
        return (id, hash);
    }

    private async Task<(int Code, string Output)> Run(params string[] words)
    {
        using var output = new StringWriter();
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("DATABASE_URL", Database.Url)]).Build();
        return (await ApiKeysCommand.Run(["keys", .. words], settings, TimeProvider.System, output, output), output.ToString());
    }
}
