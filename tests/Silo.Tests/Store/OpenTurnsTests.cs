using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class OpenTurnsOnSqliteTests(SqliteTestDatabase database)
    : OpenTurnsTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class OpenTurnsOnPostgresTests(PostgresTestDatabase database)
    : OpenTurnsTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class OpenTurnsTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly DateTimeOffset Later = SampleData.Noon.AddSeconds(30);

    [Fact]
    public async Task A_room_is_found_while_it_has_a_pending_turn()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        Assert.Contains(room, await Found(Later));

        await Finish(room, 2);

        Assert.DoesNotContain(room, await Found(Later));
    }

    [Fact]
    public async Task A_room_whose_reply_had_a_recent_checkpoint_is_not_found()
    {
        var room = await Rooms.CreateRoomWithTurns(3);

        await Rooms.Checkpoint(new ReplyFence(room, 2, 1), "Alive", Later);

        Assert.DoesNotContain(room, await Found(Later));
        Assert.Contains(room, await Found(Later.AddMilliseconds(1)));
    }

    [Fact]
    public async Task A_new_attempt_counts_as_a_checkpoint()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        await Rooms.StartAttempt(new ReplyFence(room, 2, 2), Later);

        Assert.DoesNotContain(room, await Found(Later));
        Assert.Contains(room, await Found(Later.AddMilliseconds(1)));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap()
    {
        var rooms = new List<RoomKey>();
        for (var i = 0; i < 5; i++)
        {
            rooms.Add(await Rooms.CreateRoomWithTurns(2));
        }

        var found = new List<RoomKey>();
        for (var page = await Page(Guid.Empty); page.Count > 0; page = await Page(page[^1].RoomId))
        {
            Assert.True(page.Count <= 2);
            found.AddRange(page);
        }

        Assert.Equal(found.OrderBy(room => room.RoomId), found);
        Assert.Equal(found.Distinct().Count(), found.Count);
        Assert.All(rooms, room => Assert.Contains(room, found));
    }

    [Fact]
    public async Task A_room_is_loaded_with_all_its_pending_replies()
    {
        var room = await Rooms.CreateRoomWithTurns(6);
        var other = await Rooms.CreateRoomWithTurns(1);
        await Rooms.Checkpoint(new ReplyFence(room, 4, 1), "so far", Later);
        await Finish(room, 2);
        await Finish(room, 8);

        var stored = (await Rooms.Load(room, tail: 3))!;

        Assert.Equal([10, 11, 12], stored.Tail.Select(message => message.Id));
        Assert.Equal([(4, "so far"), (6, "")], stored.OlderPending.Select(reply => (reply.Id, reply.Content)));
        Assert.Empty((await Rooms.Load(room, tail: 9))!.OlderPending);
        Assert.Empty((await Rooms.Load(other, tail: 2))!.OlderPending);
    }

    private async Task<IList<RoomKey>> Page(Guid after) => await Rooms.ListRoomsWithPendingTurns(Later, after, limit: 2);

    private async Task<IList<RoomKey>> Found(DateTimeOffset untouchedSince) =>
        await Rooms.ListRoomsWithPendingTurns(untouchedSince, Guid.Empty, limit: 1000);

    private Task Finish(RoomKey room, long reply) => Rooms.Finish(
        new ReplyFence(room, reply, 1),
        SampleData.Turn(reply - 1).Reply with { Status = MessageStatus.Completed },
        SampleData.Summary(room, version: 9));
}
