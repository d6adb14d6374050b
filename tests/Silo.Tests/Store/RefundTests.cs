using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class RefundOnSqliteTests(SqliteTestDatabase database)
    : RefundTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class RefundOnPostgresTests(PostgresTestDatabase database)
    : RefundTests(database), IClassFixture<PostgresTestDatabase>;

/// <summary>What is given back has bounds, and what was given back still counts for what is accepted in a day.</summary>
public abstract class RefundTests(TestDatabase database) : StoreTestsBase(database)
{
    private const int Limit = 3;
    private const int Most = DailyUsage.AcceptedLimitMultiplier * Limit;

    [Fact]
    public async Task With_every_turn_refunded_five_times_the_daily_limit_is_accepted()
    {
        var room = await Rooms.CreateRoomWithTurns(0);
        for (var turn = 0; turn < Most; turn++)
        {
            Assert.True(await Accept(room, turn));
            Assert.True(await End(room, turn, Refund.Fault));
        }

        Assert.False(await Accept(room, Most));
        Assert.Equal((0, Most), await Stored(room));
        Assert.True(await Rooms.Stores(At(room, Most) with { At = SampleData.Noon.AddDays(1) }));
        Assert.True(await Rooms.Stores(At(room, Most + 1) with { Limits = SampleData.Limits(0) }));
    }

    [Fact]
    public async Task A_batch_over_the_maximum_of_accepted_turns_is_not_stored()
    {
        var room = await Rooms.CreateRoomWithTurns(0);
        for (var turn = 0; turn < Most - 1; turn++)
        {
            Assert.True(await Accept(room, turn));
            Assert.True(await End(room, turn, Refund.Fault));
        }

        var id = (2 * (Most - 1)) + 1;
        var two = SampleData.Accept(room, id, SampleData.Turn(id), SampleData.Turn(id + 2)) with { Limits = SampleData.Limits(Limit) };
        Assert.Equal(1, Assert.IsType<AcceptanceOutcome.Accepted>(await Rooms.Accept(two)).Turns);
        Assert.IsType<AcceptanceOutcome.LimitReached>(await Rooms.Accept(At(room, Most)));
    }

    [Fact]
    public async Task Of_parallel_acceptances_in_many_rooms_exactly_the_maximum_of_a_day_is_stored()
    {
        var user = Guid.CreateVersion7();
        var first = await Rooms.CreateRoomWithTurns(0, SampleData.Key(user));
        for (var turn = 0; turn < Most - 2; turn++)
        {
            Assert.True(await Accept(first, turn));
            Assert.True(await End(first, turn, Refund.Fault));
        }

        var rooms = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Rooms.CreateRoomWithTurns(0, SampleData.Key(user))));
        var outcomes = await Task.WhenAll(rooms.Select(room => Accept(room, 0)));

        Assert.Equal(2, outcomes.Count(isStored => isStored));
        Assert.Equal((2, Most - 2), await Stored(first));
    }

    [Fact]
    public async Task Stops_are_refunded_up_to_the_daily_limit_and_faults_beyond_it()
    {
        var room = await Rooms.CreateRoomWithTurns(0);
        for (var turn = 0; turn < Limit; turn++)
        {
            Assert.True(await Accept(room, turn));
            Assert.True(await End(room, turn, Refund.Stop));
            Assert.Equal((0, turn + 1), await Stored(room));
        }

        Assert.True(await Accept(room, Limit));
        Assert.True(await End(room, Limit, Refund.Stop));
        Assert.Equal((1, Limit), await Stored(room));
        Assert.Equal(1, await Database.Count("select count(charged_day) from messages where room_id = @RoomId", room));

        Assert.True(await Accept(room, Limit + 1));
        Assert.True(await End(room, Limit + 1, Refund.Fault));
        Assert.Equal((1, Limit + 1), await Stored(room));
    }

    [Fact]
    public async Task Of_many_parallel_stops_exactly_the_daily_limit_is_refunded()
    {
        var user = Guid.CreateVersion7();
        const int Rest = 8;
        var rooms = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Rooms.CreateRoomWithTurns(0, SampleData.Key(user))));
        Assert.All(
            await Task.WhenAll(rooms.Select(room => Rooms.Stores(SampleData.Accept(room, 1) with { Limits = SampleData.Limits(20) }))), Assert.True);
        await Database.Execute("update usage set daily_limit = 12 where user_id = @user", new { user });

        Assert.All(await Task.WhenAll(rooms.Select(room => End(room, 0, Refund.Stop))), Assert.True);

        Assert.Equal((Rest, 12), await Stored(rooms[0]));
    }

    [Fact]
    public async Task Without_a_daily_limit_every_stop_is_refunded()
    {
        var room = await Rooms.CreateRoomWithTurns(Most + 1);
        for (var turn = 0; turn <= Most; turn++)
        {
            Assert.True(await End(room, turn, Refund.Stop));
        }

        Assert.Equal((0, Most + 1), await Stored(room));
    }

    private static Acceptance At(RoomKey room, int turn) => SampleData.Accept(room, (2 * turn) + 1) with { Limits = SampleData.Limits(Limit) };

    private Task<bool> Accept(RoomKey room, int turn) => Rooms.Stores(At(room, turn));

    private Task<bool> End(RoomKey room, int turn, Refund refund) => Rooms.Finish(
        new ReplyFence(room, (2 * turn) + 2, Attempt: 1),
        SampleData.Turn((2 * turn) + 1).Reply with { Status = MessageStatus.Stopped },
        SampleData.Summary(room, version: 1),
        refund);

    private async Task<(int Used, int Refunded)> Stored(RoomKey room)
    {
        var stored = await Users.LoadQuota(room.UserId, SampleData.Day);
        return (stored.Used, stored.Refunded);
    }
}
