using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

public sealed class DeletedUsersOnSqliteTests(SqliteTestDatabase database)
    : DeletedUsersTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class DeletedUsersOnPostgresTests(PostgresTestDatabase database)
    : DeletedUsersTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class DeletedUsersTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly DateTimeOffset Later = SampleData.Noon.AddMinutes(5);

    [Fact]
    public async Task A_deleted_user_is_absent_permanently()
    {
        var user = await NewUser();

        await Users.Delete(user.Id, Later);

        await CheckAbsent(user);
        Assert.Equal(user.MobileNumber, (await Users.FindDeletedUser(user.Id))?.MobileNumber);
        Assert.Contains(user.Id, await Users.ListDeletedUsers(Guid.Empty, limit: 1000));
        Assert.Empty(await Users.ListDeletedUsers(user.Id, limit: 1000));

        await Users.Delete(user.Id, Later);
        Assert.True(await Users.Erase(user.Id));
        Assert.True(await Users.Erase(user.Id));

        await CheckAbsent(user);
        Assert.Equal(new DeletedUser(Later, IsErased: true, null, null), await Users.FindDeletedUser(user.Id));
        Assert.DoesNotContain(user.Id, await Users.ListDeletedUsers(Guid.Empty, limit: 1000));
        Assert.Equal(0, await Rows("users", user.Id));
    }

    [Fact]
    public async Task Profile_and_usage_are_erased_after_the_rooms()
    {
        var user = await NewUser();
        var room = await Rooms.CreateRoomWithTurns(2, SampleData.Key(user.Id));
        await Users.Delete(user.Id, Later);

        Assert.False(await Users.Erase(user.Id));
        Assert.Equal((1, 1), (await Rows("users", user.Id), await Rows("usage", user.Id)));

        await Rooms.Delete(room, Later);
        Assert.True(await Users.Erase(user.Id));
        Assert.Equal((0, 0), (await Rows("users", user.Id), await Rows("usage", user.Id)));
    }

    [Fact]
    public async Task A_user_that_was_not_deleted_is_never_erased()
    {
        var user = await NewUser();
        var room = await Rooms.CreateRoomWithTurns(1, SampleData.Key(user.Id));
        await Rooms.Delete(room, Later);

        Assert.False(await Users.Erase(user.Id));

        Assert.Equal(user, await Users.Load(user.Id));
        Assert.Null(await Users.FindDeletedUser(user.Id));
        Assert.Equal(1, await Rows("usage", user.Id));
    }

    [Fact]
    public async Task Deleting_an_unknown_user_does_not_affect_a_later_user_of_that_id()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "Ada", "+4915112345678", SampleData.Noon);

        await Users.Delete(user.Id, Later);

        Assert.True(await Users.Save(user));
        Assert.Equal(user, await Users.Load(user.Id));
    }

    private async Task<UserProfile> NewUser()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "Ada", "+4915112345678", SampleData.Noon);
        Assert.True(await Users.Save(user));
        return user;
    }

    private async Task CheckAbsent(UserProfile user)
    {
        var room = SampleData.Key(user.Id);
        Assert.Null(await Users.Load(user.Id));
        Assert.False(await Users.Save(user with { Name = "Eve" }));
        Assert.False(await Rooms.Create(room, SampleData.Row(room)));
        Assert.Null(await Users.Load(user.Id));
        Assert.Empty(await Users.LoadRooms(user.Id));
        Assert.Equal(0, await Database.Count("select count(*) from users where name = 'Eve'"));
    }

    private Task<long> Rows(string table, Guid user) =>
        Database.Count($"select count(*) from {table} where user_id = @user", new { user });
}
