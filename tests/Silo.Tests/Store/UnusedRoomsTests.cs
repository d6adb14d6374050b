using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Tests.Store;

public sealed class UnusedRoomsOnSqliteTests(SqliteTestDatabase database)
    : UnusedRoomsTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class UnusedRoomsOnPostgresTests(PostgresTestDatabase database)
    : UnusedRoomsTests(database), IClassFixture<PostgresTestDatabase>
{
    protected override bool IsClustered => true;

    private protected override async Task<StoreHost?> StartOther() => await StoreHost.Start(Database.Url, clustered: true);
}

public abstract class UnusedRoomsTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly DateTimeOffset SecondLater = SampleData.Noon.AddSeconds(1);

    private UnusedRooms Unused => Host.Service<UnusedRooms>();

    /// <summary>Another process on the same database; null when there cannot be one.</summary>
    private protected virtual Task<StoreHost?> StartOther() => Task.FromResult<StoreHost?>(null);

    [Fact]
    public async Task Temporary_rooms_without_use_are_listed_page_by_page()
    {
        var user = Guid.CreateVersion7();
        var old = await CreateTemporary(user, SampleData.Noon.AddMinutes(-2));
        var same = new[] { await CreateTemporary(user, SampleData.Noon), await CreateTemporary(user, SampleData.Noon) };
        await CreateTemporary(user, SecondLater);
        await Rooms.CreateRoomWithTurns(0, SampleData.Key(user));
        var used = await CreateTemporary(user, SampleData.Noon.AddMinutes(-1));
        Assert.True(await Rooms.Stores(SampleData.Accept(used, 1)));

        var listed = new List<RoomUse>();
        ImmutableArray<RoomUse> page;
        do
        {
            page = await Unused.ListTemporary(SecondLater, listed.LastOrDefault(), limit: 2);
            listed.AddRange(page.Where(room => room.Room.UserId == user));
        }
        while (page.Length == 2);

        Assert.Equal(new RoomUse(old, SampleData.Noon.AddMinutes(-2), SampleData.Noon.AddMinutes(-2)), listed[0]);
        Assert.Equal([old, .. same.OrderBy(room => room.RoomId)], listed.Select(room => room.Room));
    }

    [Fact]
    public async Task All_rooms_are_listed_page_by_page()
    {
        var user = Guid.CreateVersion7();
        var quiet = await Rooms.CreateRoomWithTurns(0, SampleData.Key(user));
        var busy = await Rooms.CreateRoomWithTurns(1, SampleData.Key(user));
        var temporary = await CreateTemporary(user, SampleData.Noon);

        var listed = new List<RoomUse>();
        ImmutableArray<RoomUse> page;
        do
        {
            page = await Unused.ListAll(listed.LastOrDefault(), limit: 2);
            listed.AddRange(page);
        }
        while (page.Length == 2);

        Assert.Equal(listed.OrderBy(room => room.Room.RoomId), listed);
        RoomUse[] expected =
        [
            new(quiet, SampleData.Noon, SampleData.Noon), new(busy, SampleData.Noon, SampleData.Noon.AddMinutes(1)), new(temporary, SampleData.Noon, SampleData.Noon),
        ];
        Assert.Equal(expected.OrderBy(room => room.Room.RoomId), listed.Where(room => room.Room.UserId == user));
    }

    [Fact]
    public async Task A_room_is_deleted_only_if_it_was_not_used_since()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        Assert.False(await Rooms.Delete(room, SampleData.Noon, unusedSince: SampleData.Noon.AddMinutes(1)));
        Assert.NotNull(await Rooms.Load(room, tail: 1));
        Assert.False(await Rooms.WasDeleted(room));
        Assert.Equal(MessageStatus.Queued, (await Rooms.ReadMessage(room, 2))!.Status);

        Assert.True(await Rooms.Delete(room, SampleData.Noon, unusedSince: SampleData.Noon.AddMinutes(2)));
        Assert.Null(await Rooms.Load(room, tail: 1));
        Assert.True(await Rooms.WasDeleted(room));
    }

    [Fact]
    public async Task Of_a_post_and_the_deletion_of_an_unused_room_at_once_one_wins()
    {
        await using var other = await StartOther();
        for (var i = 0; i < 40; i++)
        {
            var room = await CreateTemporary(Guid.CreateVersion7(), SampleData.Noon);
            var posting = Rooms.Stores(SampleData.Accept(room, 1));
            var deleting = (other?.Rooms ?? Rooms).Delete(room, SecondLater, unusedSince: SecondLater);
            var (isPosted, isDeleted) = (await posting, await deleting);

            Assert.NotEqual(isPosted, isDeleted);
            Assert.Equal(isDeleted, await Rooms.WasDeleted(room));
            Assert.Equal(isPosted, await Rooms.Load(room, tail: 1) is not null);
            Assert.Equal(isPosted, await Rooms.ReadMessage(room, 1) is not null);
        }
    }

    [Fact]
    public async Task The_end_of_a_reply_at_the_same_time_leaves_no_half_deleted_room()
    {
        await using var other = await StartOther();
        for (var i = 0; i < 40; i++)
        {
            var room = await Rooms.CreateRoomWithTurns(1);
            var end = SampleData.Turn(1).Reply with { Content = "Yes", Status = MessageStatus.Completed };
            var finishing = Rooms.Finish(new ReplyFence(room, 2, 1), end, SampleData.Summary(room, version: 3, minutes: 9));
            var deleting = (other?.Rooms ?? Rooms).Delete(room, SecondLater, unusedSince: SampleData.Noon.AddMinutes(2));
            await Task.WhenAll(finishing, deleting);

            Assert.Equal(await deleting, await Rooms.WasDeleted(room));
            Assert.Equal(!await deleting, await Rooms.Load(room, tail: 1) is not null);
        }
    }

    private async Task<RoomKey> CreateTemporary(Guid user, DateTimeOffset at)
    {
        var room = SampleData.Key(user);
        var row = SampleData.Row(room);
        Assert.True(await Rooms.Create(room, row with { Summary = row.Summary with { CreatedAt = at, UpdatedAt = at, IsTemporary = true } }));
        return room;
    }
}
