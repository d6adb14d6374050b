using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

public sealed class UnverifiedNumbersOnSqliteTests(SqliteTestDatabase database)
    : UnverifiedNumbersTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class UnverifiedNumbersOnPostgresTests(PostgresTestDatabase database)
    : UnverifiedNumbersTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class UnverifiedNumbersTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private IUnverifiedNumberStore Numbers => Host.Service<IUnverifiedNumberStore>();

    [Fact]
    public async Task Expired_numbers_are_listed_in_pages_until_they_are_removed()
    {
        var keys = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7().ToString("N")).Order(StringComparer.Ordinal).ToList();
        foreach (var key in keys)
        {
            await Numbers.ScheduleExpiry(key, Noon);
        }

        await Numbers.ScheduleExpiry(keys[4], Noon.AddHours(1));
        Assert.Empty(await Numbers.ListExpired(Noon.AddMilliseconds(-1), "", limit: 10));
        Assert.Equal(keys[..2], await Numbers.ListExpired(Noon, "", limit: 2));
        Assert.Equal(keys[2..4], await Numbers.ListExpired(Noon, keys[1], limit: 10));

        await Numbers.Remove(keys[0]);
        await Numbers.Remove(keys[0]);
        Assert.Equal(keys[1..], await Numbers.ListExpired(Noon.AddHours(1), "", limit: 10));
    }
}
