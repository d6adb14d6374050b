using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class QuotaOnSqliteTests(SqliteFile database)
    : QuotaTests(database), IClassFixture<SqliteFile>;

public sealed class QuotaOnPostgresTests(PostgresDatabaseOfTest database)
    : QuotaTests(database), IClassFixture<PostgresDatabaseOfTest>;

/// <summary>The fence of the daily limit, and what is given back.</summary>
public abstract class QuotaTests(TestDatabase database) : StoreOnDatabase(database)
{
    [Fact]
    public async Task Turns_that_would_pass_the_days_limit_are_not_stored()
    {
        var room = await Rooms.WithTurns(1);
        var two = Sample.Accept(room, 3, Sample.Turn(3), Sample.Turn(5)) with { DailyLimit = 2 };

        Assert.False(await Rooms.Accept(two));
        Assert.Equal((1, 3), (await Used(room), (await Rooms.Load(room, tail: 1))!.Row.NextId));
        Assert.Equal(2, await Database.Count("select count(*) from messages where room_id = @RoomId", room));

        Assert.True(await Rooms.Accept(two with { Turns = [Sample.Turn(3)] }));
        Assert.False(await Rooms.Accept(Sample.Accept(room, 5) with { DailyLimit = 2 }));
        Assert.True(await Rooms.Accept(Sample.Accept(room, 5) with { DailyLimit = 2, UsageDay = Sample.Day.AddDays(1) }));
        Assert.Equal(2, await Used(room));
    }

    [Fact]
    public async Task The_first_turns_of_a_day_may_not_pass_its_limit_either()
    {
        var room = await Rooms.WithTurns(0);
        Assert.False(await Rooms.Accept(Sample.Accept(room, 1, Sample.Turn(1), Sample.Turn(3)) with { DailyLimit = 1 }));
        Assert.Equal(0, await Used(room));
    }

    [Fact]
    public async Task Of_many_rooms_at_once_exactly_as_many_turns_are_stored_as_may()
    {
        var user = Guid.CreateVersion7();
        var rooms = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Rooms.WithTurns(0, Sample.Key(user))));

        var outcomes = await Task.WhenAll(rooms.Select((room, i) => Rooms.Accept(
            i % 2 == 0 ? Sample.Accept(room, 1) with { DailyLimit = 7 } : Sample.Accept(room, 1, Sample.Turn(1), Sample.Turn(3)) with { DailyLimit = 7 })));

        Assert.Equal(7, outcomes.Index().Where(outcome => outcome.Item).Sum(outcome => outcome.Index % 2 == 0 ? 1 : 2));
        Assert.Equal(7, await Used(rooms[0]));
    }

    [Fact]
    public async Task A_reply_is_given_back_once_to_the_day_that_counted_it()
    {
        var room = await Rooms.WithTurns(1);
        await Rooms.Accept(Sample.Accept(room, 3) with { UsageDay = Sample.Day.AddDays(1) });

        Assert.True(await Fail(room, 2));
        Assert.False(await Fail(room, 2));

        Assert.Equal((0, 1), (await Used(room), await Used(room, Sample.Day.AddDays(1))));
        Assert.Equal(1, await Database.Count("select count(charged_day) from messages where room_id = @RoomId", room));
    }

    [Fact]
    public async Task Of_many_refunds_at_once_exactly_one_counts()
    {
        var room = await Rooms.WithTurns(3);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Fail(room, 4)));
        Assert.Single(outcomes, outcome => outcome);
        Assert.Equal(2, await Used(room));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(1, 0)]
    [InlineData(9, 1)]
    public async Task Nothing_is_given_back_for_another_attempt_or_another_message(long id, int attempt)
    {
        var room = await Rooms.WithTurns(1);
        Assert.False(await Fail(room, id, attempt));
        Assert.Equal(1, await Used(room));
        Assert.Equal(1, await Database.Count("select count(charged_day) from messages where room_id = @RoomId", room));
    }

    [Fact]
    public async Task Nothing_is_given_back_for_a_reply_that_ended_otherwise()
    {
        var room = await Rooms.WithTurns(1);
        var end = Sample.Turn(1).Reply with { Status = MessageStatus.Completed };
        await Rooms.Finish(new ReplyFence(room, 2, 1), end, Sample.Summary(room, version: 3));

        Assert.False(await Fail(room, 2));
        Assert.Equal(1, await Used(room));
    }

    [Fact]
    public async Task A_reply_that_no_day_counted_ends_without_giving_anything_back()
    {
        var room = await Rooms.WithTurns(1);
        await Database.Execute("update messages set charged_day = null where room_id = @RoomId", room);

        Assert.True(await Fail(room, 2));
        Assert.Equal(MessageStatus.Failed, (await Rooms.ReadMessage(room, 2))!.Status);
        Assert.Equal(9, (await Rooms.Load(room, tail: 1))!.Row.Summary.Version);
        Assert.Equal(1, await Used(room));
    }

    protected Task<long> Used(RoomKey room, DateOnly? day = null) => Database.Count(
        "select used from usage where user_id = @UserId and utc_day = @Day",
        new { room.UserId, Day = (day ?? Sample.Day).DayNumber });

    private Task<bool> Fail(RoomKey room, long replyId, int attempt = 1) => Rooms.Finish(
        new ReplyFence(room, replyId, attempt),
        Sample.Turn(replyId - 1).Reply with { Status = MessageStatus.Failed, Reason = EndReasons.ModelError },
        Sample.Summary(room, version: 9),
        Refund.Fault);
}
