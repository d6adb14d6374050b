using GeminiChat.GrainInterfaces;

namespace GeminiChat.Silo.Tests.Store;

public sealed class AcceptanceOnSqliteTests(SqliteFile database)
    : AcceptanceTests(database), IClassFixture<SqliteFile>;

public sealed class AcceptanceOnPostgresTests(PostgresDatabaseOfTest database)
    : AcceptanceTests(database), IClassFixture<PostgresDatabaseOfTest>;

public abstract class AcceptanceTests(TestDatabase database) : StoreOnDatabase(database)
{
    [Fact]
    public async Task It_stores_the_turns_the_activity_and_the_usage()
    {
        var room = await Rooms.WithTurns(0);
        var acceptance = Sample.Accept(room, 1, Sample.Turn(1, "a"), Sample.Turn(3, "b"));

        Assert.True(await Rooms.Stores(acceptance));

        var loaded = await Rooms.Load(room, tail: 10);
        Assert.Equal(acceptance.Summary, loaded!.Row.Summary);
        Assert.Equal(5, loaded.Row.NextId);
        Assert.Equal(
            [Sample.Turn(1).Message, Sample.Turn(1).Reply, Sample.Turn(3).Message, Sample.Turn(3).Reply], loaded.Tail);
        Assert.Equal(2, await Used(room.UserId));
    }

    [Fact]
    public async Task It_stores_nothing_when_the_next_id_is_another()
    {
        var room = await Rooms.WithTurns(1);

        Assert.False(await Rooms.Stores(Sample.Accept(room, 1, Sample.Turn(1, "late"))));
        Assert.False(await Rooms.Stores(Sample.Accept(room, 5, Sample.Turn(5, "early"))));

        await CheckOnlyFirstTurn(room);
    }

    [Fact]
    public async Task It_stores_nothing_when_repeated()
    {
        var room = await Rooms.WithTurns(0);
        var acceptance = Sample.Accept(room, 1);

        Assert.True(await Rooms.Stores(acceptance));
        Assert.False(await Rooms.Stores(acceptance));

        await CheckOnlyFirstTurn(room);
    }

    [Fact]
    public async Task It_stores_nothing_when_one_of_its_keys_is_used()
    {
        var room = await Rooms.WithTurns(1);
        var acceptance = Sample.Accept(room, 3, Sample.Turn(3, "new"), Sample.Turn(5, "key-1"));

        Assert.False(await Rooms.Stores(acceptance));

        await CheckOnlyFirstTurn(room);
    }

    [Fact]
    public async Task It_stores_nothing_when_it_has_a_key_twice()
    {
        var room = await Rooms.WithTurns(1);
        var acceptance = Sample.Accept(room, 3, Sample.Turn(3, "twice"), Sample.Turn(5, "twice"));

        await Assert.ThrowsAsync<StoreRejectedException>(() => Rooms.Stores(acceptance));

        await CheckOnlyFirstTurn(room);
    }

    [Fact]
    public async Task It_stores_nothing_when_the_room_is_absent()
    {
        var room = Sample.Key();

        Assert.False(await Rooms.Stores(Sample.Accept(room, 1)));

        Assert.Equal(0, await Database.Count("select count(*) from messages where room_id = @RoomId", room));
        Assert.Equal(0, await Used(room.UserId));
    }

    [Fact]
    public async Task The_same_key_may_be_used_in_two_rooms()
    {
        var user = Guid.CreateVersion7();
        var first = await Rooms.WithTurns(1, Sample.Key(user));
        var second = await Rooms.WithTurns(1, Sample.Key(user));

        Assert.NotNull(await Rooms.FindTurn(first, "key-1"));
        Assert.NotNull(await Rooms.FindTurn(second, "key-1"));
        Assert.Equal(2, await Used(user));
    }

    [Fact]
    public async Task Usage_is_counted_by_day()
    {
        var room = await Rooms.WithTurns(2);

        await Rooms.Stores(Sample.Accept(room, 5) with { At = Sample.Noon.AddDays(1) });

        Assert.Equal(2, await Used(room.UserId));
        Assert.Equal(1, await Used(room.UserId, Sample.Day.AddDays(1)));
    }

    [Fact]
    public async Task Of_many_at_once_for_one_place_exactly_one_is_stored()
    {
        var room = await Rooms.WithTurns(0);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => Rooms.Stores(Sample.Accept(room, 1, Sample.Turn(1, $"racer-{i}")))));

        var winner = Assert.Single(outcomes.Index(), outcome => outcome.Item).Index;
        Assert.NotNull(await Rooms.FindTurn(room, $"racer-{winner}"));
        Assert.Equal(2, await Database.Count("select count(*) from messages where room_id = @RoomId", room));
        Assert.Equal(1, await Used(room.UserId));
    }

    private async Task CheckOnlyFirstTurn(RoomKey room)
    {
        var loaded = await Rooms.Load(room, tail: 10);
        Assert.Equal(3, loaded!.Row.NextId);
        Assert.Equal(2, loaded.Row.Summary.Version);
        Assert.Equal([Sample.Turn(1).Message, Sample.Turn(1).Reply], loaded.Tail);
        Assert.Equal(1, await Used(room.UserId));
    }

    private Task<long> Used(Guid user, DateOnly? day = null) => Database.Count(
        "select used from usage where user_id = @user and utc_day = @day",
        new { user, day = (day ?? Sample.Day).DayNumber });
}
