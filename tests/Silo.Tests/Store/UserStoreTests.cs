using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

public sealed class UserStoreOnSqliteTests(SqliteTestDatabase database)
    : UserStoreTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class UserStoreOnPostgresTests(PostgresTestDatabase database)
    : UserStoreTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class UserStoreTests(TestDatabase database) : StoreTestsBase(database)
{
    [Theory]
    [InlineData("Zoë 🦊")]
    [InlineData(null)]
    public async Task A_saved_user_is_loaded(string? name)
    {
        var user = new UserProfile(Guid.CreateVersion7(), name, "+4915112345678", SampleData.Noon);

        await Users.Save(user);

        Assert.Equal(user, await Users.Load(user.Id));
    }

    [Fact]
    public async Task Saving_again_changes_the_name_only()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "First", "+4915112345678", SampleData.Noon);
        await Users.Save(user);

        await Users.Save(user with { Name = "Second", MobileNumber = "+1", CreatedAt = SampleData.Noon.AddDays(1) });

        Assert.Equal(user with { Name = "Second" }, await Users.Load(user.Id));
    }

    [Fact]
    public async Task An_unknown_user_is_absent() => Assert.Null(await Users.Load(Guid.CreateVersion7()));

    [Fact]
    public async Task A_tier_is_stored_only_with_a_newer_version()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "Ada", "+4915112345678", SampleData.Noon);
        await Users.Save(user);
        Assert.Equal(new TierGrant(Tier.Basic, null, 0), (await Users.LoadQuota(user.Id, SampleData.Day)).Grant);
        var pro = new TierGrant(Tier.Pro, SampleData.Noon.AddDays(30), Version: 2);

        Assert.True(await Users.SetTier(user.Id, pro));
        Assert.False(await Users.SetTier(user.Id, pro with { ValidUntil = null }));
        Assert.False(await Users.SetTier(user.Id, new TierGrant(Tier.Basic, null, Version: 1)));
        await Users.Save(user with { Name = "Grace" });

        Assert.Equal(pro, (await Users.LoadQuota(user.Id, SampleData.Day)).Grant);
    }

    [Fact]
    public async Task Setting_the_tier_of_an_unknown_user_has_no_effect()
    {
        var nobody = Guid.CreateVersion7();
        Assert.False(await Users.SetTier(nobody, new TierGrant(Tier.Pro, null, Version: 1)));
        Assert.Equal(new StoredQuota(new TierGrant(Tier.Basic, null, 0), 0), await Users.LoadQuota(nobody, SampleData.Day));
    }

    [Fact]
    public async Task Usage_is_read_by_day()
    {
        var room = await Rooms.CreateRoomWithTurns(3);
        Assert.Equal(3, (await Users.LoadQuota(room.UserId, SampleData.Day)).Used);
        Assert.Equal(0, (await Users.LoadQuota(room.UserId, SampleData.Day.AddDays(1))).Used);
    }

    [Fact]
    public async Task The_rooms_of_a_user_are_listed_with_their_latest_activity()
    {
        var user = Guid.CreateVersion7();
        var quiet = await Rooms.CreateRoomWithTurns(0, SampleData.Key(user));
        var busy = await Rooms.CreateRoomWithTurns(1, SampleData.Key(user));
        await Rooms.CreateRoomWithTurns(1);

        var rooms = await Users.LoadRooms(user);

        RoomSummary[] expected = [SampleData.Summary(quiet, version: 1), SampleData.Summary(busy, version: 2, minutes: 1)];
        Assert.Equal(expected, rooms.OrderBy(room => room.Version));
    }
}
