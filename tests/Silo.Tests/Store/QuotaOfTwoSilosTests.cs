namespace GeminiChat.Silo.Tests.Store;

/// <summary>Two silos that both write for one user.</summary>
public sealed class QuotaOfTwoSilosTests(PostgresDatabaseOfTest database) : IClassFixture<PostgresDatabaseOfTest>
{
    [Fact]
    public async Task They_store_exactly_as_many_turns_as_may_be()
    {
        database.Require();
        await using var one = await StoreHost.Start(database.Url, clustered: true);
        await using var other = await StoreHost.Start(database.Url, clustered: true);
        var user = Guid.CreateVersion7();
        var rooms = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => one.Rooms.WithTurns(0, Sample.Key(user))));

        var outcomes = await Task.WhenAll(rooms.Select((room, i) =>
            (i % 2 == 0 ? one : other).Rooms.Stores(Sample.Accept(room, 1) with { Limits = Sample.Limits(37) })));

        Assert.Equal(37, outcomes.Count(isStored => isStored));
        Assert.Equal(37, (await one.Users.LoadAllowance(user, Sample.Day)).Used);
    }
}
