using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

public sealed class UnverifiedNumbersOnSqliteTests(SqliteFile database)
    : UnverifiedNumbersTests(database), IClassFixture<SqliteFile>;

public sealed class UnverifiedNumbersOnPostgresTests(PostgresDatabaseOfTest database)
    : UnverifiedNumbersTests(database), IClassFixture<PostgresDatabaseOfTest>;

public abstract class UnverifiedNumbersTests(TestDatabase database) : StoreOnDatabase(database)
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private IUnverifiedNumbers Numbers => Host.Service<IUnverifiedNumbers>();

    [Fact]
    public async Task Numbers_are_given_out_when_their_time_has_come_page_by_page_until_they_are_forgotten()
    {
        var keys = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7().ToString("N")).Order(StringComparer.Ordinal).ToList();
        foreach (var key in keys)
        {
            await Numbers.Remember(key, Noon);
        }

        await Numbers.Remember(keys[4], Noon.AddHours(1));
        Assert.Empty(await Numbers.Expired(Noon.AddMilliseconds(-1), "", limit: 10));
        Assert.Equal(keys[..2], await Numbers.Expired(Noon, "", limit: 2));
        Assert.Equal(keys[2..4], await Numbers.Expired(Noon, keys[1], limit: 10));

        await Numbers.Forget(keys[0]);
        await Numbers.Forget(keys[0]);
        Assert.Equal(keys[1..], await Numbers.Expired(Noon.AddHours(1), "", limit: 10));
    }
}
