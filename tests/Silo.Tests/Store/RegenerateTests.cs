using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class RegenerateOnSqliteTests(SqliteFile database)
    : RegenerateTests(database), IClassFixture<SqliteFile>;

public sealed class RegenerateOnPostgresTests(PostgresDatabaseOfTest database)
    : RegenerateTests(database), IClassFixture<PostgresDatabaseOfTest>;

public abstract class RegenerateTests(TestDatabase database) : StoreOnDatabase(database)
{
    [Fact]
    public async Task Another_reply_supersedes_all_earlier_ones_to_its_message_and_is_counted()
    {
        var room = await Rooms.WithTurns(2);
        Assert.True(await Rooms.Stores(Sample.Accept(room, 5, Sample.Again(5, Sample.Turn(1)))));
        Assert.True(await Rooms.Stores(Sample.Accept(room, 6, Sample.Again(6, Sample.Turn(1), regenerates: 5), Sample.Turn(7))));

        var loaded = await Rooms.Load(room, tail: 10);
        Assert.Equal(9, loaded!.Row.NextId);
        Assert.Equal([null, 6, null, null, 6, null, null, null], loaded.Tail.Select(message => message.SupersededBy));
        Assert.Equal(Sample.Again(6, Sample.Turn(1)).Reply, loaded.Tail[5]);
        Assert.Equal(5, (await Users.LoadAllowance(room.UserId, Sample.Day)).Used);
    }

    [Fact]
    public async Task Nothing_is_superseded_when_it_is_not_accepted()
    {
        var room = await Rooms.WithTurns(2);
        var other = await Rooms.WithTurns(2, Sample.Key(room.UserId));
        var late = Sample.Accept(room, 3, Sample.Again(3, Sample.Turn(1)));
        Assert.False(await Rooms.Stores(late));
        Assert.False(await Rooms.Stores(Sample.Accept(room, 5, Sample.Again(5, Sample.Turn(1))) with { Limits = Sample.Limits(4) }));
        Assert.True(await Rooms.Stores(Sample.Accept(other, 5, Sample.Again(5, Sample.Turn(1)))));

        var loaded = await Rooms.Load(room, tail: 10);
        Assert.All(loaded!.Tail, message => Assert.Null(message.SupersededBy));
        Assert.Equal(4, loaded.Tail.Length);
    }

    [Fact]
    public async Task A_key_finds_its_own_reply()
    {
        var room = await Rooms.WithTurns(2);
        await Rooms.Stores(Sample.Accept(room, 5, Sample.Again(5, Sample.Turn(1))));

        var again = await Rooms.FindTurn(room, "key-5");
        Assert.Equal(new StoredTurn(Sample.Turn(1).Message, Sample.Again(5, Sample.Turn(1)).Reply, Regenerates: 2), again);
        var first = await Rooms.FindTurn(room, "key-1");
        Assert.Equal(
            new StoredTurn(Sample.Turn(1).Message, Sample.Turn(1).Reply with { SupersededBy = 5 }, Regenerates: null), first);
    }

    [Fact]
    public async Task A_key_of_a_reply_cannot_be_used_for_a_message()
    {
        var room = await Rooms.WithTurns(1);
        await Rooms.Stores(Sample.Accept(room, 3, Sample.Again(3, Sample.Turn(1))));
        Assert.False(await Rooms.Stores(Sample.Accept(room, 4, Sample.Turn(4, "key-3"))));
    }

    [Fact]
    public async Task Turns_before_a_message_come_with_the_newest_replies_to_them()
    {
        var room = await Rooms.WithTurns(5);
        await Rooms.Stores(Sample.Accept(room, 11, Sample.Again(11, Sample.Turn(1)), Sample.Again(12, Sample.Turn(5))));
        await Rooms.Stores(Sample.Accept(room, 13, Sample.Again(13, Sample.Turn(5), regenerates: 12), Sample.Again(14, Sample.Turn(7))));

        var before = await Rooms.ReadTurnsBefore(room, 7, limit: 4);
        Assert.Equal([3, 4, 5, 6, 13], before.Select(message => message.Id));
        Assert.Equal(13, before[3].SupersededBy);
        Assert.Empty(await Rooms.ReadTurnsBefore(room, 1, limit: 4));
        Assert.Empty(await Rooms.ReadTurnsBefore(room with { UserId = Guid.CreateVersion7() }, 7, limit: 4));
    }

    [Fact]
    public async Task An_open_reply_wakes_its_room_and_ends_as_any_other()
    {
        var room = await Rooms.WithTurns(1);
        var end = Sample.Turn(1).Reply with { Status = MessageStatus.Completed, Content = "hi" };
        await Rooms.Finish(new ReplyFence(room, 2, 1), end, Sample.Summary(room, version: 3));
        await Rooms.Stores(Sample.Accept(room, 3, Sample.Again(3, Sample.Turn(1))));

        Assert.Contains(room, await Rooms.RoomsWithOpenTurns(Sample.Noon.AddDays(1), Guid.Empty, limit: 1000));
        Assert.True(await Rooms.Finish(
            new ReplyFence(room, 3, 1), end with { Id = 3, Status = MessageStatus.Failed }, Sample.Summary(room, version: 9), Refund.Fault));
        Assert.Equal(1, (await Users.LoadAllowance(room.UserId, Sample.Day)).Used);
        Assert.Equal((3, "hi"), ((await Rooms.ReadMessage(room, 2))!.SupersededBy, (await Rooms.ReadMessage(room, 2))!.Content));
    }
}
