using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

public sealed class QuotaOnSqliteTests(SqliteFile database)
    : QuotaTests(database), IClassFixture<SqliteFile>;

public sealed class QuotaOnPostgresTests(PostgresDatabaseOfTest database)
    : QuotaTests(database), IClassFixture<PostgresDatabaseOfTest>;

/// <summary>The fence of the daily limit, and what is given back.</summary>
public abstract class QuotaTests(TestDatabase database) : StoreOnDatabase(database)
{
    [Fact]
    public async Task The_first_turns_are_stored_as_far_as_the_days_limit_goes()
    {
        var room = await Rooms.WithTurns(1);
        var two = Sample.Accept(room, 3, Sample.Turn(3), Sample.Turn(5)) with { Limits = Sample.Limits(2) };

        Assert.Equal(new AcceptanceOutcome.Accepted(1, Usage(limit: 2, used: 2)), await Rooms.Accept(two));
        Assert.Equal((2, 5), (await Used(room), (await Rooms.Load(room, tail: 1))!.Row.NextId));
        Assert.Equal(4, await Database.Count("select count(*) from messages where room_id = @RoomId", room));

        var more = Sample.Accept(room, 5) with { Limits = Sample.Limits(2) };
        Assert.Equal(new AcceptanceOutcome.LimitReached(Usage(limit: 2, used: 2)), await Rooms.Accept(more));
        Assert.True(await Rooms.Stores(Sample.Accept(room, 5) with { Limits = Sample.Limits(2), At = Sample.Noon.AddDays(1) }));
        Assert.Equal(2, await Used(room));
    }

    [Fact]
    public async Task The_first_turns_of_a_day_may_not_pass_its_limit_either()
    {
        var room = await Rooms.WithTurns(0);
        Assert.False(await Rooms.Stores(Sample.Accept(room, 1, Sample.Turn(1), Sample.Turn(3)) with { Limits = Sample.Limits(1) }));
        Assert.Equal(1, await Used(room));
    }

    [Fact]
    public async Task The_limit_is_that_of_the_tier_in_force()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "Ada", "+4915112345678", Sample.Noon);
        await Users.Save(user);
        await Users.SetTier(user.Id, new TierGrant(Tier.Pro, Sample.Noon.AddMinutes(1), Version: 1));
        var room = await Rooms.WithTurns(0, Sample.Key(user.Id));
        var limits = new QuotaOptions { BasicDailyMessages = 1, ProDailyMessages = 2 };
        var three = Sample.Accept(room, 1, Sample.Turn(1), Sample.Turn(3), Sample.Turn(5)) with { Limits = limits };

        var accepted = Assert.IsType<AcceptanceOutcome.Accepted>(await Rooms.Accept(three));
        Assert.Equal((2, Tier.Pro, 2, 2), (accepted.Turns, accepted.Usage.Tier, accepted.Usage.Limit, accepted.Usage.Used));

        var late = Sample.Accept(room, 5) with { Limits = limits, At = Sample.Noon.AddMinutes(1) };
        var refused = Assert.IsType<AcceptanceOutcome.LimitReached>(await Rooms.Accept(late));
        Assert.Equal((Tier.Basic, 1, 2), (refused.Usage.Tier, refused.Usage.Limit, refused.Usage.Used));
    }

    [Fact]
    public async Task What_is_stored_of_a_batch_is_the_first_part_of_it_also_when_it_has_regenerates()
    {
        var room = await Rooms.WithTurns(1);
        var batch = Sample.Accept(room, 3, Sample.Again(3, Sample.Turn(1)), Sample.Turn(4), Sample.Again(6, Sample.Turn(1)));
        var outcome = await Rooms.Accept(batch with { Limits = Sample.Limits(3) });

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
        var user = new UserProfile(Guid.CreateVersion7(), "Ada", "+4915112345678", Sample.Noon);
        await Users.Save(user);
        var room = await Rooms.WithTurns(1, Sample.Key(user.Id));
        var full = Sample.Limits(1);

        Assert.IsType<AcceptanceOutcome.KeyKnown>(await Rooms.Accept(Sample.Accept(room, 3, Sample.Turn(3, "key-1")) with { Limits = full }));
        Assert.IsType<AcceptanceOutcome.KeyKnown>(await Rooms.Accept(Sample.Accept(room, 1)));
        Assert.IsType<AcceptanceOutcome.LimitReached>(await Rooms.Accept(Sample.Accept(room, 3) with { Limits = full }));
        Assert.IsType<AcceptanceOutcome.Fenced>(await Rooms.Accept(Sample.Accept(room, 1, Sample.Turn(1, "new")) with { Limits = full }));
        await Users.Delete(user.Id, Sample.Noon);
        Assert.IsType<AcceptanceOutcome.UserDeleted>(await Rooms.Accept(Sample.Accept(room, 3)));
    }

    [Fact]
    public async Task Of_many_rooms_at_once_exactly_as_many_turns_are_stored_as_may()
    {
        var user = Guid.CreateVersion7();
        var rooms = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Rooms.WithTurns(0, Sample.Key(user))));

        var outcomes = await Task.WhenAll(rooms.Select((room, i) => Rooms.Accept(
            i % 2 == 0 ? Sample.Accept(room, 1) with { Limits = Sample.Limits(7) } : Sample.Accept(room, 1, Sample.Turn(1), Sample.Turn(3)) with { Limits = Sample.Limits(7) })));

        Assert.Equal(7, outcomes.OfType<AcceptanceOutcome.Accepted>().Sum(accepted => accepted.Turns));
        Assert.Equal(7, await Used(rooms[0]));
    }

    [Fact]
    public async Task A_reply_is_given_back_once_to_the_day_that_counted_it()
    {
        var room = await Rooms.WithTurns(1);
        await Rooms.Stores(Sample.Accept(room, 3) with { At = Sample.Noon.AddDays(1) });

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

    private static DailyUsage Usage(int limit, int used) =>
        new(Tier.Basic, limit, used, new DateTimeOffset(Sample.Day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero), used);

    protected Task<long> Used(RoomKey room, DateOnly? day = null) => Database.Count(
        "select used from usage where user_id = @UserId and utc_day = @Day",
        new { room.UserId, Day = (day ?? Sample.Day).DayNumber });

    private Task<bool> Fail(RoomKey room, long replyId, int attempt = 1) => Rooms.Finish(
        new ReplyFence(room, replyId, attempt),
        Sample.Turn(replyId - 1).Reply with { Status = MessageStatus.Failed, Reason = EndReasons.ModelError },
        Sample.Summary(room, version: 9),
        Refund.Fault);
}
