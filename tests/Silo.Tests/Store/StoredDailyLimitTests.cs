using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

public sealed class DailyLimitOnSqliteTests(SqliteTestDatabase database)
    : StoredDailyLimitTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class DailyLimitOnPostgresTests(PostgresTestDatabase database)
    : StoredDailyLimitTests(database), IClassFixture<PostgresTestDatabase>;

/// <summary>The fence of the daily limit, and what is given back.</summary>
public abstract class StoredDailyLimitTests(TestDatabase database) : StoreTestsBase(database)
{
    [Fact]
    public async Task The_first_turns_are_stored_as_far_as_the_days_limit_goes()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var two = SampleData.Accept(room, 3, SampleData.Turn(3), SampleData.Turn(5)) with { Limits = SampleData.Limits(2) };

        Assert.Equal(new AcceptanceOutcome.Accepted(1, Usage(limit: 2, used: 2)), await Rooms.Accept(two));
        Assert.Equal((2, 5), (await Used(room), (await Rooms.Load(room, tail: 1))!.Row.NextId));
        Assert.Equal(4, await Database.Count("select count(*) from messages where room_id = @RoomId", room));

        var more = SampleData.Accept(room, 5) with { Limits = SampleData.Limits(2) };
        Assert.Equal(new AcceptanceOutcome.LimitReached(Usage(limit: 2, used: 2)), await Rooms.Accept(more));
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 5) with { Limits = SampleData.Limits(2), At = SampleData.Noon.AddDays(1) }));
        Assert.Equal(2, await Used(room));
    }

    [Fact]
    public async Task The_first_turns_of_a_day_are_limited_too()
    {
        var room = await Rooms.CreateRoomWithTurns(0);
        Assert.False(await Rooms.Stores(SampleData.Accept(room, 1, SampleData.Turn(1), SampleData.Turn(3)) with { Limits = SampleData.Limits(1) }));
        Assert.Equal(1, await Used(room));
    }

    [Fact]
    public async Task The_limit_is_that_of_the_tier_in_force()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "Ada", "+4915112345678", SampleData.Noon);
        await Users.Save(user);
        await Users.SetTier(user.Id, new TierGrant(Tier.Pro, SampleData.Noon.AddMinutes(1), Version: 1));
        var room = await Rooms.CreateRoomWithTurns(0, SampleData.Key(user.Id));
        var limits = new TierOptions { BasicDailyMessages = 1, ProDailyMessages = 2 };
        var three = SampleData.Accept(room, 1, SampleData.Turn(1), SampleData.Turn(3), SampleData.Turn(5)) with { Limits = limits };

        var accepted = Assert.IsType<AcceptanceOutcome.Accepted>(await Rooms.Accept(three));
        Assert.Equal((2, Tier.Pro, 2, 2), (accepted.Turns, accepted.Usage.Tier, accepted.Usage.Limit, accepted.Usage.Used));

        var late = SampleData.Accept(room, 5) with { Limits = limits, At = SampleData.Noon.AddMinutes(1) };
        var refused = Assert.IsType<AcceptanceOutcome.LimitReached>(await Rooms.Accept(late));
        Assert.Equal((Tier.Basic, 1, 2), (refused.Usage.Tier, refused.Usage.Limit, refused.Usage.Used));
    }

    [Fact]
    public async Task What_is_stored_of_a_batch_is_the_first_part_of_it_also_when_it_has_regenerates()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var batch = SampleData.Accept(room, 3, SampleData.Regenerated(3, SampleData.Turn(1)), SampleData.Turn(4), SampleData.Regenerated(6, SampleData.Turn(1)));
        var outcome = await Rooms.Accept(batch with { Limits = SampleData.Limits(3) });

        Assert.Equal(2, Assert.IsType<AcceptanceOutcome.Accepted>(outcome).Turns);
        var loaded = await Rooms.Load(room, tail: 10);
        Assert.Equal(6, loaded!.Row.NextId);
        Assert.Equal([1, 2, 3, 4, 5], loaded.Tail.Select(message => message.Id));
        Assert.Equal(3, loaded.Tail[1].SupersededBy);
        Assert.Null(await Rooms.FindTurn(room, "key-6"));
    }

    [Fact]
    public async Task A_repeat_is_told_from_a_full_day_from_a_room_that_another_activation_has_and_from_a_deleted_user()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "Ada", "+4915112345678", SampleData.Noon);
        await Users.Save(user);
        var room = await Rooms.CreateRoomWithTurns(1, SampleData.Key(user.Id));
        var full = SampleData.Limits(1);

        Assert.IsType<AcceptanceOutcome.KeyKnown>(await Rooms.Accept(SampleData.Accept(room, 3, SampleData.Turn(3, "key-1")) with { Limits = full }));
        Assert.IsType<AcceptanceOutcome.KeyKnown>(await Rooms.Accept(SampleData.Accept(room, 1)));
        Assert.IsType<AcceptanceOutcome.LimitReached>(await Rooms.Accept(SampleData.Accept(room, 3) with { Limits = full }));
        Assert.IsType<AcceptanceOutcome.Fenced>(await Rooms.Accept(SampleData.Accept(room, 1, SampleData.Turn(1, "new")) with { Limits = full }));
        await Users.Delete(user.Id, SampleData.Noon);
        Assert.IsType<AcceptanceOutcome.UserDeleted>(await Rooms.Accept(SampleData.Accept(room, 3)));
    }

    [Fact]
    public async Task Of_parallel_acceptances_in_many_rooms_exactly_the_daily_limit_is_stored()
    {
        var user = Guid.CreateVersion7();
        var rooms = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Rooms.CreateRoomWithTurns(0, SampleData.Key(user))));

        var outcomes = await Task.WhenAll(rooms.Select((room, i) => Rooms.Accept(
            i % 2 == 0 ? SampleData.Accept(room, 1) with { Limits = SampleData.Limits(7) } : SampleData.Accept(room, 1, SampleData.Turn(1), SampleData.Turn(3)) with { Limits = SampleData.Limits(7) })));

        Assert.Equal(7, outcomes.OfType<AcceptanceOutcome.Accepted>().Sum(accepted => accepted.Turns));
        Assert.Equal(7, await Used(rooms[0]));
    }

    [Fact]
    public async Task A_reply_is_refunded_once_to_the_day_that_counted_it()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        await Rooms.Stores(SampleData.Accept(room, 3) with { At = SampleData.Noon.AddDays(1) });

        Assert.True(await Fail(room, 2));
        Assert.False(await Fail(room, 2));

        Assert.Equal((0, 1), (await Used(room), await Used(room, SampleData.Day.AddDays(1))));
        Assert.Equal(1, await Database.Count("select count(charged_day) from messages where room_id = @RoomId", room));
    }

    [Fact]
    public async Task Of_many_refunds_at_once_exactly_one_counts()
    {
        var room = await Rooms.CreateRoomWithTurns(3);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Fail(room, 4)));
        Assert.Single(outcomes, outcome => outcome);
        Assert.Equal(2, await Used(room));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(1, 0)]
    [InlineData(9, 1)]
    public async Task Nothing_is_refunded_for_another_attempt_or_message(long id, int attempt)
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        Assert.False(await Fail(room, id, attempt));
        Assert.Equal(1, await Used(room));
        Assert.Equal(1, await Database.Count("select count(charged_day) from messages where room_id = @RoomId", room));
    }

    [Fact]
    public async Task Nothing_is_refunded_for_a_reply_that_has_already_ended()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var end = SampleData.Turn(1).Reply with { Status = MessageStatus.Completed };
        await Rooms.Finish(new ReplyFence(room, 2, 1), end, SampleData.Summary(room, version: 3));

        Assert.False(await Fail(room, 2));
        Assert.Equal(1, await Used(room));
    }

    [Fact]
    public async Task A_reply_that_was_not_counted_ends_without_a_refund()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        await Database.Execute("update messages set charged_day = null where room_id = @RoomId", room);

        Assert.True(await Fail(room, 2));
        Assert.Equal(MessageStatus.Failed, (await Rooms.ReadMessage(room, 2))!.Status);
        Assert.Equal(9, (await Rooms.Load(room, tail: 1))!.Row.Summary.Version);
        Assert.Equal(1, await Used(room));
    }

    private static DailyUsage Usage(int limit, int used) =>
        new(Tier.Basic, limit, used, new DateTimeOffset(SampleData.Day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero), used);

    protected Task<long> Used(RoomKey room, DateOnly? day = null) => Database.Count(
        "select used from usage where user_id = @UserId and utc_day = @Day",
        new { room.UserId, Day = (day ?? SampleData.Day).DayNumber });

    private Task<bool> Fail(RoomKey room, long replyId, int attempt = 1) => Rooms.Finish(
        new ReplyFence(room, replyId, attempt),
        SampleData.Turn(replyId - 1).Reply with { Status = MessageStatus.Failed, Reason = EndReasons.ModelError },
        SampleData.Summary(room, version: 9),
        Refund.Fault);
}
