using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

public sealed class FormerUsageOnSqliteTests(SqliteTestDatabase database)
    : FormerUsageTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class FormerUsageOnPostgresTests(PostgresTestDatabase database)
    : FormerUsageTests(database), IClassFixture<PostgresTestDatabase>;

/// <summary>What a deleted user has used of a day stays with the number, exactly once, until the day ends.</summary>
public abstract class FormerUsageTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly StoredQuota Nothing = new(new TierGrant(Tier.Basic, ValidUntil: null, Version: 0), Used: 0);

    private readonly string _number = PhoneKey.Of(Guid.CreateVersion7().ToByteArray(), "+4915112345678").ToString();

    [Fact]
    public async Task The_next_user_of_a_number_inherits_its_usage_once_however_often_steps_are_repeated()
    {
        var former = await CreateUserWithTurns(turns: 3);
        Assert.True(await End(former, turn: 0, Refund.Stop));
        await DeleteUser(former);
        await DeleteUser(former);
        Assert.Equal(0, await Rows("usage", former.UserId));

        var next = NewUser();
        Assert.True(await Users.Create(next, _number));
        Assert.True(await Users.Create(next, _number));

        Assert.Equal(Nothing with { Used = 2, Refunded = 1 }, await Users.LoadQuota(next.Id, SampleData.Day));
        Assert.Equal(1, await Database.Count("select refunded_stops from usage where user_id = @Id", next));
        Assert.Equal(0, await CountKeptUsage());
        Assert.Equal(Nothing with { IsDeleted = true }, await Users.LoadQuota(former.UserId, SampleData.Day));
    }

    [Fact]
    public async Task Usage_of_several_former_users_adds_up()
    {
        for (var turns = 1; turns <= 3; turns++)
        {
            var user = NewUser();
            Assert.True(await Users.Create(user, _number));
            await DeleteUser(await Rooms.CreateRoomWithTurns(turns, SampleData.Key(user.Id)));
        }

        var last = NewUser();
        Assert.True(await Users.Create(last, _number));
        Assert.Equal(6, (await Users.LoadQuota(last.Id, SampleData.Day)).Used);
    }

    [Fact]
    public async Task Kept_usage_exists_during_the_erasure_of_its_user_and_is_not_erased_with_it()
    {
        var former = await CreateUserWithTurns(turns: 2);
        await DeleteUser(former);
        Assert.False(await Users.Erase(former.UserId));
        await Rooms.Delete(former, SampleData.Noon);
        Assert.True(await Users.Erase(former.UserId));

        var next = NewUser();
        Assert.True(await Users.Create(next, _number));
        Assert.Equal(2, (await Users.LoadQuota(next.Id, SampleData.Day)).Used);
    }

    [Fact]
    public async Task A_deleted_user_neither_inherits_nor_adds_usage()
    {
        var former = await CreateUserWithTurns(turns: 2);
        await Users.Delete(former.UserId, SampleData.Noon);
        Assert.False(await Rooms.Stores(SampleData.Accept(former, 5)));
        await Users.MoveToFormerUsage(former.UserId, _number, SampleData.Day);
        Assert.False(await Rooms.Stores(SampleData.Accept(former, 5)));
        Assert.True(await End(former, turn: 0, Refund.Fault));

        Assert.False(await Users.Create(NewUser() with { Id = former.UserId }, _number));
        Assert.Equal((1, 0), (await CountKeptUsage(), await Rows("usage", former.UserId)));
    }

    [Fact]
    public async Task No_usage_is_kept_of_an_existing_user()
    {
        var user = await CreateUserWithTurns(turns: 2);
        await Users.MoveToFormerUsage(user.UserId, _number, SampleData.Day);
        Assert.Equal((0, 2), (await CountKeptUsage(), (await Users.LoadQuota(user.UserId, SampleData.Day)).Used));
    }

    [Fact]
    public async Task Usage_of_past_days_is_not_kept_and_kept_usage_is_removed_after_its_day()
    {
        var former = await CreateUserWithTurns(turns: 1);
        await Rooms.Stores(SampleData.Accept(former, 3) with { At = SampleData.Noon.AddDays(-1) });
        await DeleteUser(former);
        Assert.Equal(1, await CountKeptUsage());

        await Users.RemoveFormerUsage(SampleData.Day);
        Assert.Equal(1, await CountKeptUsage());
        await Users.RemoveFormerUsage(SampleData.Day.AddDays(1));
        Assert.Equal(0, await CountKeptUsage());
    }

    [Fact]
    public async Task Kept_usage_contains_neither_user_id_nor_number()
    {
        var former = await CreateUserWithTurns(turns: 1);
        await DeleteUser(former);
        await Rooms.Delete(former, SampleData.Noon);
        Assert.True(await Users.Erase(former.UserId));

        Assert.Equal(1, await Database.Count(
            "select count(*) from former_usage where phone_key = @key and utc_day = @day and used = 1",
            new { key = _number, day = SampleData.Day.DayNumber }));
        Assert.Equal(0, await Database.Count("select count(*) from former_usage where phone_key like '%15112345678%'"));
    }

    private static UserProfile NewUser() => new(Guid.CreateVersion7(), "Ada", "+4915112345678", SampleData.Noon);

    /// <summary>A user with a room and so many turns in it.</summary>
    private async Task<RoomKey> CreateUserWithTurns(int turns)
    {
        var user = NewUser();
        Assert.True(await Users.Create(user, _number));
        return await Rooms.CreateRoomWithTurns(turns, SampleData.Key(user.Id));
    }

    private async Task DeleteUser(RoomKey room)
    {
        await Users.Delete(room.UserId, SampleData.Noon);
        await Users.MoveToFormerUsage(room.UserId, _number, SampleData.Day);
    }

    private Task<bool> End(RoomKey room, int turn, Refund refund) => Rooms.Finish(
        new ReplyFence(room, (2 * turn) + 2, Attempt: 1),
        SampleData.Turn((2 * turn) + 1).Reply with { Status = MessageStatus.Failed, Reason = EndReasons.ModelError },
        SampleData.Summary(room, version: 1),
        refund);

    private Task<long> CountKeptUsage() => Database.Count(
        "select count(*) from former_usage where phone_key = @key", new { key = _number });

    private Task<long> Rows(string table, Guid user) =>
        Database.Count($"select count(*) from {table} where user_id = @user", new { user });
}
