using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class RegenerateOnSqliteTests(SqliteTestDatabase database)
    : RegenerateTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class RegenerateOnPostgresTests(PostgresTestDatabase database)
    : RegenerateTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class RegenerateTests(TestDatabase database) : StoreTestsBase(database)
{
    [Fact]
    public async Task A_regenerate_supersedes_all_earlier_replies_of_its_message_and_is_counted()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 5, SampleData.Regenerated(5, SampleData.Turn(1)))));
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 6, SampleData.Regenerated(6, SampleData.Turn(1), regenerates: 5), SampleData.Turn(7))));

        var loaded = await Rooms.Load(room, tail: 10);
        Assert.Equal(9, loaded!.Row.NextId);
        Assert.Equal([null, 6, null, null, 6, null, null, null], loaded.Tail.Select(message => message.SupersededBy));
        Assert.Equal(SampleData.Regenerated(6, SampleData.Turn(1)).Reply, loaded.Tail[5]);
        Assert.Equal(5, (await Users.LoadQuota(room.UserId, SampleData.Day)).Used);
    }

    [Fact]
    public async Task A_regenerate_that_is_not_accepted_supersedes_nothing()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        var other = await Rooms.CreateRoomWithTurns(2, SampleData.Key(room.UserId));
        var late = SampleData.Accept(room, 3, SampleData.Regenerated(3, SampleData.Turn(1)));
        Assert.False(await Rooms.Stores(late));
        Assert.False(await Rooms.Stores(SampleData.Accept(room, 5, SampleData.Regenerated(5, SampleData.Turn(1))) with { Limits = SampleData.Limits(4) }));
        Assert.True(await Rooms.Stores(SampleData.Accept(other, 5, SampleData.Regenerated(5, SampleData.Turn(1)))));

        var loaded = await Rooms.Load(room, tail: 10);
        Assert.All(loaded!.Tail, message => Assert.Null(message.SupersededBy));
        Assert.Equal(4, loaded.Tail.Length);
    }

    [Fact]
    public async Task The_key_of_a_regenerate_finds_its_reply()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        await Rooms.Stores(SampleData.Accept(room, 5, SampleData.Regenerated(5, SampleData.Turn(1))));

        var again = await Rooms.FindTurn(room, "key-5");
        Assert.Equal(new StoredTurn(SampleData.Turn(1).Message, SampleData.Regenerated(5, SampleData.Turn(1)).Reply, RegeneratedReplyId: 2), again);
        var first = await Rooms.FindTurn(room, "key-1");
        Assert.Equal(
            new StoredTurn(SampleData.Turn(1).Message, SampleData.Turn(1).Reply with { SupersededBy = 5 }, RegeneratedReplyId: null), first);
    }

    [Fact]
    public async Task A_key_of_a_reply_cannot_be_used_for_a_message()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        await Rooms.Stores(SampleData.Accept(room, 3, SampleData.Regenerated(3, SampleData.Turn(1))));
        Assert.False(await Rooms.Stores(SampleData.Accept(room, 4, SampleData.Turn(4, "key-3"))));
    }

    [Fact]
    public async Task A_pending_regenerate_is_found_by_recovery_and_finishes_like_any_reply()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var end = SampleData.Turn(1).Reply with { Status = MessageStatus.Completed, Content = "hi" };
        await Rooms.Finish(new ReplyFence(room, 2, 1), end, SampleData.Summary(room, version: 3));
        await Rooms.Stores(SampleData.Accept(room, 3, SampleData.Regenerated(3, SampleData.Turn(1))));

        Assert.Contains(room, await Rooms.ListRoomsWithPendingTurns(SampleData.Noon.AddDays(1), Guid.Empty, limit: 1000));
        Assert.True(await Rooms.Finish(
            new ReplyFence(room, 3, 1), end with { Id = 3, Status = MessageStatus.Failed }, SampleData.Summary(room, version: 9), Refund.Fault));
        Assert.Equal(1, (await Users.LoadQuota(room.UserId, SampleData.Day)).Used);
        Assert.Equal((3, "hi"), ((await Rooms.ReadMessage(room, 2))!.SupersededBy, (await Rooms.ReadMessage(room, 2))!.Content));
    }
}
