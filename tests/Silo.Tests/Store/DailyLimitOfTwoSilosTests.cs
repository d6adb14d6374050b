namespace GeminiChat.Silo.Tests.Store;

/// <summary>Two silos that both write for one user.</summary>
public sealed class DailyLimitOfTwoSilosTests(PostgresTestDatabase database) : IClassFixture<PostgresTestDatabase>
{
    [Fact]
    public async Task Two_silos_together_store_exactly_the_daily_limit()
    {
        database.SkipUnlessAvailable();
        await using var one = await StoreHost.Start(database.Url, clustered: true);
        await using var other = await StoreHost.Start(database.Url, clustered: true);
        var user = Guid.CreateVersion7();
        var rooms = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => one.Rooms.CreateRoomWithTurns(0, SampleData.Key(user))));

        var outcomes = await Task.WhenAll(rooms.Select((room, i) =>
            (i % 2 == 0 ? one : other).Rooms.Stores(SampleData.Accept(room, 1) with { Limits = SampleData.Limits(37) })));

        Assert.Equal(37, outcomes.Count(isStored => isStored));
        Assert.Equal(37, (await one.Users.LoadQuota(user, SampleData.Day)).Used);
    }
}
