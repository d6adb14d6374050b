using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class ShareStoreOnSqliteTests(SqliteTestDatabase database)
    : ShareStoreTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class ShareStoreOnPostgresTests(PostgresTestDatabase database)
    : ShareStoreTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class ShareStoreTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly DateTimeOffset Noon = SampleData.Noon;

    private IShareStore Shares => Host.Service<IShareStore>();

    [Fact]
    public async Task A_share_is_found_by_its_id_and_its_token_and_in_the_list_of_its_room()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var (endless, timed) = (NewShare(room), NewShare(room, Noon.AddDays(1)));
        Assert.True(await Shares.Create(endless));
        Assert.True(await Shares.Create(timed));

        Assert.Equal(endless, await Shares.Find(endless.Id));
        Assert.Equal(timed, await Shares.FindByToken(timed.TokenHash, Noon));
        Assert.Equal([endless, timed], (await List(room)).OrderBy(share => share.ExpiresAt));
        Assert.Null(await Shares.FindByToken(NewShare(room).TokenHash, Noon));
        Assert.Null(await Shares.Find(Guid.CreateVersion7()));
    }

    [Fact]
    public async Task A_share_is_stored_once()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var share = NewShare(room);
        Assert.True(await Shares.Create(share));

        Assert.False(await Shares.Create(share with { LastId = 1, Name = "Other" }));
        Assert.Equal(share, await Shares.Find(share.Id));
    }

    [Fact]
    public async Task An_ended_share_is_not_found_by_its_token_and_cannot_be_made_again()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var share = NewShare(room, Noon.AddDays(1));
        await Shares.Create(share);

        Assert.True(await Shares.End(room, share.Id, Noon.AddHours(1)));
        Assert.True(await Shares.End(room, share.Id, Noon.AddHours(1)));

        // For a process too whose clock is behind.
        Assert.Null(await Shares.FindByToken(share.TokenHash, Noon.AddMinutes(-1)));
        Assert.Empty(await List(room));
        Assert.False(await Shares.Create(share));
        Assert.Equal(share with { IsEnded = true, Name = "", ExpiresAt = Noon.AddHours(1) }, await Shares.Find(share.Id));
    }

    [Fact]
    public async Task A_share_can_be_ended_only_in_its_own_room()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var share = NewShare(room);
        await Shares.Create(share);

        Assert.False(await Shares.End(room with { RoomId = Guid.CreateVersion7() }, share.Id, Noon));
        Assert.False(await Shares.End(room with { UserId = Guid.CreateVersion7() }, share.Id, Noon));
        Assert.False(await Shares.End(room, Guid.CreateVersion7(), Noon));
        Assert.Equal(share, await Shares.FindByToken(share.TokenHash, Noon));
    }

    [Fact]
    public async Task A_share_expires()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var share = NewShare(room, Noon.AddHours(1));
        await Shares.Create(share);

        Assert.NotNull(await Shares.FindByToken(share.TokenHash, Noon.AddHours(1).AddMilliseconds(-1)));
        Assert.Null(await Shares.FindByToken(share.TokenHash, Noon.AddHours(1)));
        Assert.Empty((await Shares.List(room, Noon.AddHours(1)))!.Value);
    }

    [Fact]
    public async Task A_room_has_a_limited_number_of_shares_that_go_on()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var shares = Enumerable.Range(0, IShareGrain.MaxShares).Select(_ => NewShare(room)).ToList();
        Assert.All(await Task.WhenAll(shares.Select(Shares.Create)), Assert.True);

        Assert.False(await Shares.Create(NewShare(room)));
        await Shares.End(room, shares[0].Id, Noon);
        Assert.True(await Shares.Create(NewShare(room)));
        Assert.Equal(IShareGrain.MaxShares, (await List(room)).Length);
    }

    [Fact]
    public async Task A_deleted_room_takes_its_shares_with_it()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var share = NewShare(room);
        await Shares.Create(share);

        await Rooms.Delete(room, Noon);

        Assert.Null(await Shares.FindByToken(share.TokenHash, Noon));
        Assert.Null(await Shares.List(room, Noon));
        Assert.False(await Shares.Create(NewShare(room)));
        Assert.Equal(0, await Database.Count("select count(*) from shares where room_id = @RoomId", new { room.RoomId }));
    }

    [Fact]
    public async Task The_shares_of_a_deleted_user_are_not_found_while_the_rooms_are_still_there()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "Ada", "+4915112345678", Noon);
        await Users.Save(user);
        var room = await Rooms.CreateRoomWithTurns(1, SampleData.Key(user.Id));
        var share = NewShare(room);
        Assert.True(await Shares.Create(share));

        await Users.Delete(user.Id, Noon);

        Assert.Null(await Shares.FindByToken(share.TokenHash, Noon));
        Assert.False(await Shares.Create(NewShare(room)));
    }

    [Fact]
    public async Task A_room_that_does_not_exist_has_no_list()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        Assert.Empty(await List(room));
        Assert.Null(await Shares.List(room with { UserId = Guid.CreateVersion7() }, Noon));
    }

    [Fact]
    public async Task Shares_are_removed_some_time_after_their_end()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var (ended, expired, endless) = (NewShare(room), NewShare(room, Noon.AddHours(1)), NewShare(room));
        foreach (var share in new[] { ended, expired, endless })
        {
            await Shares.Create(share);
        }

        await Shares.End(room, ended.Id, Noon.AddHours(1));
        await Shares.RemoveEnded(Noon.AddHours(1));
        Assert.NotNull(await Shares.Find(ended.Id));

        await Shares.RemoveEnded(Noon.AddHours(2));
        await Shares.RemoveEnded(Noon.AddHours(2));
        Assert.Null(await Shares.Find(ended.Id));
        Assert.Null(await Shares.Find(expired.Id));
        Assert.Equal(endless, await Shares.Find(endless.Id));
    }

    private static RoomShare NewShare(RoomKey room, DateTimeOffset? expiresAt = null)
    {
        var id = Guid.CreateVersion7();
        return new RoomShare(id, $"hash of {id}", room, LastId: 2, "A room", Noon, expiresAt);
    }

    private async Task<ImmutableArray<RoomShare>> List(RoomKey room) => (await Shares.List(room, Noon))!.Value;
}
