using GeminiChat.GrainInterfaces;

namespace GeminiChat.Silo.Tests.Store;

public sealed class AcceptanceOnSqliteTests(SqliteTestDatabase database)
    : AcceptanceTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class AcceptanceOnPostgresTests(PostgresTestDatabase database)
    : AcceptanceTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class AcceptanceTests(TestDatabase database) : StoreTestsBase(database)
{
    [Fact]
    public async Task An_acceptance_stores_the_turns_the_activity_and_the_usage()
    {
        var room = await Rooms.CreateRoomWithTurns(0);
        var acceptance = SampleData.Accept(room, 1, SampleData.Turn(1, "a"), SampleData.Turn(3, "b"));

        Assert.True(await Rooms.Stores(acceptance));

        var loaded = await Rooms.Load(room, tail: 10);
        Assert.Equal(acceptance.Summary, loaded!.Row.Summary);
        Assert.Equal(5, loaded.Row.NextId);
        Assert.Equal(
            [SampleData.Turn(1).Message, SampleData.Turn(1).Reply, SampleData.Turn(3).Message, SampleData.Turn(3).Reply], loaded.Tail);
        Assert.Equal(2, await Used(room.UserId));
    }

    [Fact]
    public async Task An_acceptance_with_an_outdated_next_id_stores_nothing()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        Assert.False(await Rooms.Stores(SampleData.Accept(room, 1, SampleData.Turn(1, "late"))));
        Assert.False(await Rooms.Stores(SampleData.Accept(room, 5, SampleData.Turn(5, "early"))));

        await CheckOnlyFirstTurn(room);
    }

    [Fact]
    public async Task An_acceptance_whose_first_turn_another_one_has_stored_stores_nothing()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        Assert.False(await Rooms.Stores(SampleData.Accept(room, 1, SampleData.Turn(1, "first"), SampleData.Turn(3, "second"))));

        await CheckOnlyFirstTurn(room);
    }

    [Fact]
    public async Task A_repeated_acceptance_stores_nothing()
    {
        var room = await Rooms.CreateRoomWithTurns(0);
        var acceptance = SampleData.Accept(room, 1);

        Assert.True(await Rooms.Stores(acceptance));
        Assert.False(await Rooms.Stores(acceptance));

        await CheckOnlyFirstTurn(room);
    }

    [Fact]
    public async Task An_acceptance_with_a_used_key_stores_nothing()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var acceptance = SampleData.Accept(room, 3, SampleData.Turn(3, "new"), SampleData.Turn(5, "key-1"));

        Assert.False(await Rooms.Stores(acceptance));

        await CheckOnlyFirstTurn(room);
    }

    [Fact]
    public async Task An_acceptance_with_a_duplicate_key_stores_nothing()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var acceptance = SampleData.Accept(room, 3, SampleData.Turn(3, "twice"), SampleData.Turn(5, "twice"));

        await Assert.ThrowsAsync<StoreRejectedException>(() => Rooms.Stores(acceptance));

        await CheckOnlyFirstTurn(room);
    }

    [Fact]
    public async Task An_acceptance_for_an_absent_room_stores_nothing()
    {
        var room = SampleData.Key();

        Assert.False(await Rooms.Stores(SampleData.Accept(room, 1)));

        Assert.Equal(0, await Database.Count("select count(*) from messages where room_id = @RoomId", room));
        Assert.Equal(0, await Used(room.UserId));
    }

    [Fact]
    public async Task The_same_key_may_be_used_in_two_rooms()
    {
        var user = Guid.CreateVersion7();
        var first = await Rooms.CreateRoomWithTurns(1, SampleData.Key(user));
        var second = await Rooms.CreateRoomWithTurns(1, SampleData.Key(user));

        Assert.NotNull(await Rooms.FindTurn(first, "key-1"));
        Assert.NotNull(await Rooms.FindTurn(second, "key-1"));
        Assert.Equal(2, await Used(user));
    }

    [Fact]
    public async Task Usage_is_counted_by_day()
    {
        var room = await Rooms.CreateRoomWithTurns(2);

        await Rooms.Stores(SampleData.Accept(room, 5) with { At = SampleData.Noon.AddDays(1) });

        Assert.Equal(2, await Used(room.UserId));
        Assert.Equal(1, await Used(room.UserId, SampleData.Day.AddDays(1)));
    }

    [Fact]
    public async Task Of_many_parallel_acceptances_for_the_same_id_exactly_one_is_stored()
    {
        var room = await Rooms.CreateRoomWithTurns(0);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => Rooms.Stores(SampleData.Accept(room, 1, SampleData.Turn(1, $"racer-{i}")))));

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
        Assert.Equal([SampleData.Turn(1).Message, SampleData.Turn(1).Reply], loaded.Tail);
        Assert.Equal(1, await Used(room.UserId));
    }

    private Task<long> Used(Guid user, DateOnly? day = null) => Database.Count(
        "select used from usage where user_id = @user and utc_day = @day",
        new { user, day = (day ?? SampleData.Day).DayNumber });
}
