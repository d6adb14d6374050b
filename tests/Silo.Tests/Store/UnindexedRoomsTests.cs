using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Search;

namespace GeminiChat.Silo.Tests.Store;

public sealed class UnindexedRoomsOnSqliteTests(SqliteTestDatabase database)
    : UnindexedRoomsTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class UnindexedRoomsOnPostgresTests(PostgresTestDatabase database)
    : UnindexedRoomsTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class UnindexedRoomsTests(TestDatabase database) : StoreTestsBase(database)
{
    private UnindexedRooms Unindexed => Host.Service<UnindexedRooms>();

    [Fact]
    public async Task Messages_from_before_are_found_after_those_of_now_and_once()
    {
        var room = await StoreAsBefore(messages: 120);
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 121, SampleData.Turn(121, text: "old words of now"))));
        Assert.Equal([121L], await Find(room));

        await IndexAll();
        await Unindexed.Index(new UnindexedRoom(room.RoomId, room.UserId), TestContext.Current.CancellationToken);

        Assert.Equal([121L, .. Enumerable.Range(1, 120).Reverse().Select(id => (long)id)], await Find(room));
        Assert.Equal(121, await Database.Count("select count(*) from message_words where room_id = @id", new { id = Id(room) }));
        Assert.Empty(await Unindexed.List(Guid.Empty, 1000));
    }

    [Fact]
    public async Task A_deleted_room_is_not_indexed()
    {
        var room = await StoreAsBefore(messages: 2);
        var listed = (await Unindexed.List(Guid.Empty, 1000)).Single(one => one.Key == room);
        await Rooms.Delete(room, SampleData.Noon);

        await Unindexed.Index(listed, TestContext.Current.CancellationToken);
        await Database.Execute("insert into unindexed_rooms values (@id)", new { id = Id(room) });
        await IndexAll();

        Assert.Equal(0, await Database.Count("select count(*) from message_words where room_id = @id", new { id = Id(room) }));
        Assert.Empty(await Unindexed.List(Guid.Empty, 1000));
    }

    [Fact]
    public async Task Rooms_are_listed_again_for_a_while_after_the_migration()
    {
        var room = await StoreAsBefore(messages: 2);
        await IndexAll();
        await SetMigrationTime(SampleData.Noon.AddHours(-1));

        await Unindexed.MarkActiveRooms(since: SampleData.Noon);
        Assert.Empty(await Unindexed.List(Guid.Empty, 1000));
        await Unindexed.MarkActiveRooms(since: SampleData.Noon.AddDays(-1));

        Assert.Contains(room, (await Unindexed.List(Guid.Empty, 1000)).Select(one => one.Key!.Value));
        await IndexAll();
    }

    [Fact]
    public async Task A_temporary_room_is_not_indexed()
    {
        var room = await StoreAsBefore(messages: 2);
        await Database.Execute("update rooms set is_temporary = 1 where room_id = @id", new { id = Id(room) });
        await IndexAll();
        await Unindexed.Index(new UnindexedRoom(room.RoomId, room.UserId), TestContext.Current.CancellationToken);
        Assert.Empty(await Find(room));
        Assert.Equal(0, await Database.Count("select count(*) from message_words where room_id = @id", new { id = Id(room) }));
    }

    [Fact]
    public async Task The_words_of_a_room_that_the_previous_version_purged_are_removed()
    {
        var room = await StoreAsBefore(messages: 2);
        await IndexAll();
        await Rooms.Delete(room, SampleData.Noon);
        await Database.Execute("update deleted_rooms set is_purged = 1 where room_id = @id", new { id = Id(room) });
        await SetMigrationTime(SampleData.Noon.AddHours(-1));

        await Unindexed.MarkActiveRooms(since: SampleData.Noon.AddDays(-1));

        Assert.Contains(room, await Host.Service<DeletedRooms>().Unpurged(1000));
        await Host.Service<DeletedRooms>().Purge(room, TestContext.Current.CancellationToken);
        Assert.Equal(0, await Database.Count("select count(*) from message_words where room_id = @id", new { id = Id(room) }));
    }

    // A new database has no such time.
    private async Task SetMigrationTime(DateTimeOffset at)
    {
        await Database.Execute("delete from search_since");
        await Database.Execute("insert into search_since values (@at)", new { at = at.ToUnixTimeMilliseconds() });
    }

    private async Task IndexAll()
    {
        foreach (var room in await Unindexed.List(Guid.Empty, 1000))
        {
            await Unindexed.Index(room, TestContext.Current.CancellationToken);
        }
    }

    // As a version before the search did it.
    private async Task<RoomKey> StoreAsBefore(int messages)
    {
        var room = await Rooms.CreateRoomWithTurns(0);
        await Database.Execute("update rooms set next_id = @next where room_id = @id", new { id = Id(room), next = messages + 1 });
        await Database.Execute("insert into unindexed_rooms values (@id)", new { id = Id(room) });
        for (var id = 1; id <= messages; id++)
        {
            await Database.Execute("""
                insert into messages (room_id, id, sender, content, created_at, status, attempt, touched_at)
                values (@room, @id, 0, 'old words', @at, 2, 0, @at)
                """, new { room = Id(room), id, at = SampleData.Noon.AddDays(-1).AddMilliseconds(id).ToUnixTimeMilliseconds() });
        }

        return room;
    }

    private async Task<IEnumerable<long>> Find(RoomKey room) =>
        Assert.IsType<SearchOutcome.Found>(await Host.Service<IMessageSearch>().Search(room.UserId, new MessageSearch("old", 1000))).Messages.Select(message => message.MessageId);

    private object Id(RoomKey room) => Database is SqliteTestDatabase ? room.RoomId.ToString().ToUpperInvariant() : room.RoomId;
}
