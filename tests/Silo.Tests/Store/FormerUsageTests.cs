using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

public sealed class FormerUsageOnSqliteTests(SqliteFile database)
    : FormerUsageTests(database), IClassFixture<SqliteFile>;

public sealed class FormerUsageOnPostgresTests(PostgresDatabaseOfTest database)
    : FormerUsageTests(database), IClassFixture<PostgresDatabaseOfTest>;

/// <summary>What a deleted user has used of a day stays with the number, exactly once, until the day ends.</summary>
public abstract class FormerUsageTests(TestDatabase database) : StoreOnDatabase(database)
{
    private static readonly StoredAllowance Nothing = new(new TierGrant(Tier.Basic, ValidUntil: null, Version: 0), Used: 0);

    private readonly PhoneKey _number = PhoneKey.Of(Guid.CreateVersion7().ToByteArray(), "+4915112345678");

    [Fact]
    public async Task The_numbers_next_user_starts_with_it_however_often_each_step_is_repeated()
    {
        var former = await Leaver(turns: 3);
        Assert.True(await End(former, turn: 0, Refund.Stop));
        await Leave(former);
        await Leave(former);
        Assert.Equal(0, await Rows("usage", former.UserId));

        var next = NewUser();
        Assert.True(await Users.Create(next, _number));
        Assert.True(await Users.Create(next, _number));

        Assert.Equal(Nothing with { Used = 2, Refunded = 1 }, await Users.LoadAllowance(next.Id, Sample.Day));
        Assert.Equal(1, await Database.Count("select refunded_stops from usage where user_id = @Id", next));
        Assert.Equal(0, await Kept());
        Assert.Equal(Nothing with { IsDeleted = true }, await Users.LoadAllowance(former.UserId, Sample.Day));
    }

    [Fact]
    public async Task It_adds_up_over_any_number_of_users()
    {
        for (var turns = 1; turns <= 3; turns++)
        {
            var user = NewUser();
            Assert.True(await Users.Create(user, _number));
            await Leave(await Rooms.WithTurns(turns, Sample.Key(user.Id)));
        }

        var last = NewUser();
        Assert.True(await Users.Create(last, _number));
        Assert.Equal(6, (await Users.LoadAllowance(last.Id, Sample.Day)).Used);
    }

    [Fact]
    public async Task It_is_there_while_the_rest_of_the_user_is_still_being_erased_and_not_erased_with_it()
    {
        var former = await Leaver(turns: 2);
        await Leave(former);
        Assert.False(await Users.Erase(former.UserId));
        await Rooms.Delete(former, Sample.Noon);
        Assert.True(await Users.Erase(former.UserId));

        var next = NewUser();
        Assert.True(await Users.Create(next, _number));
        Assert.Equal(2, (await Users.LoadAllowance(next.Id, Sample.Day)).Used);
    }

    [Fact]
    public async Task A_deleted_user_neither_takes_nor_adds_to_it()
    {
        var former = await Leaver(turns: 2);
        await Users.Delete(former.UserId, Sample.Noon);
        Assert.False(await Rooms.Stores(Sample.Accept(former, 5)));
        await Users.KeepUsage(former.UserId, _number, Sample.Day);
        Assert.False(await Rooms.Stores(Sample.Accept(former, 5)));
        Assert.True(await End(former, turn: 0, Refund.Fault));

        Assert.False(await Users.Create(NewUser() with { Id = former.UserId }, _number));
        Assert.Equal((1, 0), (await Kept(), await Rows("usage", former.UserId)));
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_user_who_is_there()
    {
        var user = await Leaver(turns: 2);
        await Users.KeepUsage(user.UserId, _number, Sample.Day);
        Assert.Equal((0, 2), (await Kept(), (await Users.LoadAllowance(user.UserId, Sample.Day)).Used));
    }

    [Fact]
    public async Task Past_days_are_not_kept_and_what_is_kept_goes_when_its_day_is_past()
    {
        var former = await Leaver(turns: 1);
        await Rooms.Stores(Sample.Accept(former, 3) with { At = Sample.Noon.AddDays(-1) });
        await Leave(former);
        Assert.Equal(1, await Kept());

        await Users.RemoveKeptUsage(Sample.Day);
        Assert.Equal(1, await Kept());
        await Users.RemoveKeptUsage(Sample.Day.AddDays(1));
        Assert.Equal(0, await Kept());
    }

    [Fact]
    public async Task It_names_neither_the_user_nor_the_number()
    {
        var former = await Leaver(turns: 1);
        await Leave(former);
        await Rooms.Delete(former, Sample.Noon);
        Assert.True(await Users.Erase(former.UserId));

        Assert.Equal(1, await Database.Count(
            "select count(*) from former_usage where phone_key = @key and utc_day = @day and used = 1",
            new { key = _number.ToString(), day = Sample.Day.DayNumber }));
        Assert.Equal(0, await Database.Count("select count(*) from former_usage where phone_key like '%15112345678%'"));
    }

    private static UserProfile NewUser() => new(Guid.CreateVersion7(), "Ada", "+4915112345678", Sample.Noon);

    /// <summary>A user with a room and so many turns in it.</summary>
    private async Task<RoomKey> Leaver(int turns)
    {
        var user = NewUser();
        Assert.True(await Users.Create(user, _number));
        return await Rooms.WithTurns(turns, Sample.Key(user.Id));
    }

    private async Task Leave(RoomKey room)
    {
        await Users.Delete(room.UserId, Sample.Noon);
        await Users.KeepUsage(room.UserId, _number, Sample.Day);
    }

    private Task<bool> End(RoomKey room, int turn, Refund refund) => Rooms.Finish(
        new ReplyFence(room, (2 * turn) + 2, Attempt: 1),
        Sample.Turn((2 * turn) + 1).Reply with { Status = MessageStatus.Failed, Reason = EndReasons.ModelError },
        Sample.Summary(room, version: 1),
        refund);

    private Task<long> Kept() => Database.Count(
        "select count(*) from former_usage where phone_key = @key", new { key = _number.ToString() });

    private Task<long> Rows(string table, Guid user) =>
        Database.Count($"select count(*) from {table} where user_id = @user", new { user });
}
