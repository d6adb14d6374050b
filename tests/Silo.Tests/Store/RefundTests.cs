using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class RefundOnSqliteTests(SqliteFile database)
    : RefundTests(database), IClassFixture<SqliteFile>;

public sealed class RefundOnPostgresTests(PostgresDatabaseOfTest database)
    : RefundTests(database), IClassFixture<PostgresDatabaseOfTest>;

/// <summary>What is given back has bounds, and what was given back still counts for what is accepted in a day.</summary>
public abstract class RefundTests(TestDatabase database) : StoreOnDatabase(database)
{
    private const int Limit = 3;
    private const int Most = DailyUsage.AcceptedPerLimit * Limit;

    [Fact]
    public async Task Turns_that_are_all_given_back_are_accepted_five_times_as_often_as_the_limit()
    {
        var room = await Rooms.WithTurns(0);
        for (var turn = 0; turn < Most; turn++)
        {
            Assert.True(await Accept(room, turn));
            Assert.True(await End(room, turn, Refund.Fault));
        }

        Assert.False(await Accept(room, Most));
        Assert.Equal((0, Most), await Stored(room));
        Assert.True(await Rooms.Stores(At(room, Most) with { At = Sample.Noon.AddDays(1) }));
        Assert.True(await Rooms.Stores(At(room, Most + 1) with { Limits = Sample.Limits(0) }));
    }

    [Fact]
    public async Task A_batch_does_not_pass_what_is_accepted_in_a_day()
    {
        var room = await Rooms.WithTurns(0);
        for (var turn = 0; turn < Most - 1; turn++)
        {
            Assert.True(await Accept(room, turn));
            Assert.True(await End(room, turn, Refund.Fault));
        }

        var id = (2 * (Most - 1)) + 1;
        var two = Sample.Accept(room, id, Sample.Turn(id), Sample.Turn(id + 2)) with { Limits = Sample.Limits(Limit) };
        Assert.Equal(1, Assert.IsType<AcceptanceOutcome.Accepted>(await Rooms.Accept(two)).Turns);
        Assert.IsType<AcceptanceOutcome.LimitReached>(await Rooms.Accept(At(room, Most)));
    }

    [Fact]
    public async Task Of_many_rooms_at_once_exactly_as_many_turns_are_stored_as_are_accepted_in_a_day()
    {
        var user = Guid.CreateVersion7();
        var first = await Rooms.WithTurns(0, Sample.Key(user));
        for (var turn = 0; turn < Most - 2; turn++)
        {
            Assert.True(await Accept(first, turn));
            Assert.True(await End(first, turn, Refund.Fault));
        }

        var rooms = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Rooms.WithTurns(0, Sample.Key(user))));
        var outcomes = await Task.WhenAll(rooms.Select(room => Accept(room, 0)));

        Assert.Equal(2, outcomes.Count(isStored => isStored));
        Assert.Equal((2, Most - 2), await Stored(first));
    }

    [Fact]
    public async Task Stops_are_given_back_as_often_as_the_limit_and_faults_beyond_it()
    {
        var room = await Rooms.WithTurns(0);
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
    public async Task Of_many_stops_at_once_exactly_as_many_are_given_back_as_may()
    {
        var user = Guid.CreateVersion7();
        const int Rest = 8;
        var rooms = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Rooms.WithTurns(0, Sample.Key(user))));
        Assert.All(
            await Task.WhenAll(rooms.Select(room => Rooms.Stores(Sample.Accept(room, 1) with { Limits = Sample.Limits(20) }))), Assert.True);
        await Database.Execute("update usage set daily_limit = 12 where user_id = @user", new { user });

        Assert.All(await Task.WhenAll(rooms.Select(room => End(room, 0, Refund.Stop))), Assert.True);

        Assert.Equal((Rest, 12), await Stored(rooms[0]));
    }

    [Fact]
    public async Task Without_a_limit_every_stop_is_given_back()
    {
        var room = await Rooms.WithTurns(Most + 1);
        for (var turn = 0; turn <= Most; turn++)
        {
            Assert.True(await End(room, turn, Refund.Stop));
        }

        Assert.Equal((0, Most + 1), await Stored(room));
    }

    private static Acceptance At(RoomKey room, int turn) => Sample.Accept(room, (2 * turn) + 1) with { Limits = Sample.Limits(Limit) };

    private Task<bool> Accept(RoomKey room, int turn) => Rooms.Stores(At(room, turn));

    private Task<bool> End(RoomKey room, int turn, Refund refund) => Rooms.Finish(
        new ReplyFence(room, (2 * turn) + 2, Attempt: 1),
        Sample.Turn((2 * turn) + 1).Reply with { Status = MessageStatus.Stopped },
        Sample.Summary(room, version: 1),
        refund);

    private async Task<(int Used, int Refunded)> Stored(RoomKey room)
    {
        var stored = await Users.LoadAllowance(room.UserId, Sample.Day);
        return (stored.Used, stored.Refunded);
    }
}
