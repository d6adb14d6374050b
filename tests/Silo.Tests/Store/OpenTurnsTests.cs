using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class OpenTurnsOnSqliteTests(SqliteFile database)
    : OpenTurnsTests(database), IClassFixture<SqliteFile>;

public sealed class OpenTurnsOnPostgresTests(PostgresDatabaseOfTest database)
    : OpenTurnsTests(database), IClassFixture<PostgresDatabaseOfTest>;

public abstract class OpenTurnsTests(TestDatabase database) : StoreOnDatabase(database)
{
    private static readonly DateTimeOffset Later = Sample.Noon.AddSeconds(30);

    [Fact]
    public async Task A_room_is_found_while_a_reply_is_owed()
    {
        var room = await Rooms.WithTurns(1);
        Assert.Contains(room, await Found(Later));

        await Finish(room, 2);

        Assert.DoesNotContain(room, await Found(Later));
    }

    [Fact]
    public async Task A_room_whose_running_reply_was_touched_is_not_found()
    {
        var room = await Rooms.WithTurns(3);

        await Rooms.Checkpoint(new ReplyFence(room, 2, 1), "Alive", Later);

        Assert.DoesNotContain(room, await Found(Later));
        Assert.Contains(room, await Found(Later.AddMilliseconds(1)));
    }

    [Fact]
    public async Task A_new_attempt_counts_as_a_touch()
    {
        var room = await Rooms.WithTurns(1);

        await Rooms.StartAttempt(new ReplyFence(room, 2, 2), Later);

        Assert.DoesNotContain(room, await Found(Later));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap()
    {
        var rooms = new List<RoomKey>();
        for (var i = 0; i < 5; i++)
        {
            rooms.Add(await Rooms.WithTurns(2));
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
    public async Task A_room_is_read_with_every_open_reply_wherever_it_lies()
    {
        var room = await Rooms.WithTurns(6);
        var other = await Rooms.WithTurns(1);
        await Rooms.Checkpoint(new ReplyFence(room, 4, 1), "so far", Later);
        await Finish(room, 2);
        await Finish(room, 8);

        var stored = (await Rooms.Load(room, tail: 3))!;

        Assert.Equal([10, 11, 12], stored.Tail.Select(message => message.Id));
        Assert.Equal([(4, "so far"), (6, "")], stored.OlderOpen.Select(reply => (reply.Id, reply.Content)));
        Assert.Empty((await Rooms.Load(room, tail: 9))!.OlderOpen);
        Assert.Empty((await Rooms.Load(other, tail: 2))!.OlderOpen);
    }

    private async Task<IList<RoomKey>> Page(Guid after) => await Rooms.RoomsWithOpenTurns(Later, after, limit: 2);

    private async Task<IList<RoomKey>> Found(DateTimeOffset untouchedSince) =>
        await Rooms.RoomsWithOpenTurns(untouchedSince, Guid.Empty, limit: 1000);

    private Task Finish(RoomKey room, long reply) => Rooms.Finish(
        new ReplyFence(room, reply, 1),
        Sample.Turn(reply - 1).Reply with { Status = MessageStatus.Completed },
        Sample.Summary(room, version: 9));
}
