using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Tests.Store;

public sealed class UserStoreOnSqliteTests(SqliteFile database)
    : UserStoreTests(database), IClassFixture<SqliteFile>;

public sealed class UserStoreOnPostgresTests(PostgresDatabaseOfTest database)
    : UserStoreTests(database), IClassFixture<PostgresDatabaseOfTest>;

public abstract class UserStoreTests(TestDatabase database) : StoreOnDatabase(database)
{
    [Theory]
    [InlineData("Zoë 🦊")]
    [InlineData(null)]
    public async Task A_saved_user_is_loaded(string? name)
    {
        var user = new UserProfile(Guid.CreateVersion7(), name, "+4915112345678", Sample.Noon);

        await Users.Save(user);

        Assert.Equal(user, await Users.Load(user.Id));
    }

    [Fact]
    public async Task Saving_again_changes_the_name_only()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "First", "+4915112345678", Sample.Noon);
        await Users.Save(user);

        await Users.Save(user with { Name = "Second", MobileNumber = "+1", CreatedAt = Sample.Noon.AddDays(1) });

        Assert.Equal(user with { Name = "Second" }, await Users.Load(user.Id));
    }

    [Fact]
    public async Task An_unknown_user_is_absent() => Assert.Null(await Users.Load(Guid.CreateVersion7()));

    [Fact]
    public async Task A_tier_is_stored_unless_that_version_or_a_newer_one_is()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "Ada", "+4915112345678", Sample.Noon);
        await Users.Save(user);
        Assert.Equal(new TierGrant(Tier.Basic, null, 0), (await Users.LoadAllowance(user.Id, Sample.Day)).Grant);
        var pro = new TierGrant(Tier.Pro, Sample.Noon.AddDays(30), Version: 2);

        Assert.True(await Users.SetTier(user.Id, pro));
        Assert.False(await Users.SetTier(user.Id, pro with { ValidUntil = null }));
        Assert.False(await Users.SetTier(user.Id, new TierGrant(Tier.Basic, null, Version: 1)));
        await Users.Save(user with { Name = "Grace" });

        Assert.Equal(pro, (await Users.LoadAllowance(user.Id, Sample.Day)).Grant);
    }

    [Fact]
    public async Task Nobody_has_no_tier_to_set()
    {
        var nobody = Guid.CreateVersion7();
        Assert.False(await Users.SetTier(nobody, new TierGrant(Tier.Pro, null, Version: 1)));
        Assert.Equal(new StoredAllowance(new TierGrant(Tier.Basic, null, 0), 0), await Users.LoadAllowance(nobody, Sample.Day));
    }

    [Fact]
    public async Task Usage_is_read_by_day()
    {
        var room = await Rooms.WithTurns(3);
        Assert.Equal(3, (await Users.LoadAllowance(room.UserId, Sample.Day)).Used);
        Assert.Equal(0, (await Users.LoadAllowance(room.UserId, Sample.Day.AddDays(1))).Used);
    }

    [Fact]
    public async Task The_rooms_of_a_user_are_listed_with_their_latest_activity()
    {
        var user = Guid.CreateVersion7();
        var quiet = await Rooms.WithTurns(0, Sample.Key(user));
        var busy = await Rooms.WithTurns(1, Sample.Key(user));
        await Rooms.WithTurns(1);

        var rooms = await Users.LoadRooms(user);

        RoomSummary[] expected = [Sample.Summary(quiet, version: 1), Sample.Summary(busy, version: 2, minutes: 1)];
        Assert.Equal(expected, rooms.OrderBy(room => room.Version));
    }
}
