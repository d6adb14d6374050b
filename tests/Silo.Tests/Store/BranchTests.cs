using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class BranchesOnSqliteTests(SqliteTestDatabase database) : BranchTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class BranchesOnPostgresTests(PostgresTestDatabase database) : BranchTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class BranchTests(TestDatabase database) : StoreTestsBase(database)
{
    [Fact]
    public async Task The_parent_of_a_message_is_stored_when_it_does_not_follow_the_newest_one()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 5, Edited(5, edits: 3, parent: 2), SampleData.Turn(7))));
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 9, SampleData.Regenerated(9, SampleData.Turn(1)), Edited(10, edits: 1, parent: null))));

        Assert.Equal(
            [new StoredBranch(5, 2, false), new(9, 1, false), new(10, 0, false)], (await Rooms.Load(room, tail: 3))!.Branches);
    }

    [Fact]
    public async Task A_reply_that_the_previous_version_regenerated_is_a_branch()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        await Rooms.Stores(SampleData.Accept(room, 5, SampleData.Regenerated(5, SampleData.Turn(1)) with { StoresParent = false }));
        await Rooms.Stores(SampleData.Accept(room, 6, SampleData.Regenerated(6, SampleData.Turn(3))));
        Assert.Equal([new StoredBranch(5, 1, true), new(6, 3, false)], (await Rooms.Load(room, tail: 3))!.Branches);
    }

    [Fact]
    public async Task An_edit_that_is_not_accepted_stores_no_branch()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        Assert.False(await Rooms.Stores(SampleData.Accept(room, 3, Edited(3, edits: 1, parent: null))));
        Assert.False(await Rooms.Stores(SampleData.Accept(room, 5, Edited(5, edits: 1, parent: null)) with { Limits = SampleData.Limits(2) }));
        Assert.Empty((await Rooms.Load(room, tail: 3))!.Branches);
    }

    [Fact]
    public async Task The_key_of_an_edit_finds_the_message_that_was_edited()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        var edit = Edited(5, edits: 3, parent: 2);
        await Rooms.Stores(SampleData.Accept(room, 5, edit));
        Assert.Equal((5L, 6L, 3L), await Find("key-5"));
        Assert.Equal((3L, 4L, null), await Find("key-3"));

        async Task<(long, long, long?)> Find(string key) =>
            await Rooms.FindTurn(room, key) is { } turn ? (turn.Message.Id, turn.Reply.Id, turn.EditedMessageId) : default;
    }

    [Fact]
    public async Task A_chosen_head_counts_until_the_next_message()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        Assert.Null((await Rooms.Load(room, tail: 1))!.Row.ChosenHead);
        Assert.False(await Rooms.ChooseHead(room, 2, new RoomFence(4, null), version: 9));
        Assert.False(await Rooms.ChooseHead(room, 2, new RoomFence(5, 4), version: 9));
        Assert.False(await Rooms.ChooseHead(room with { UserId = Guid.CreateVersion7() }, 2, new RoomFence(5, null), version: 9));
        Assert.True(await Rooms.ChooseHead(room, 2, new RoomFence(5, null), version: 9));
        var row = (await Rooms.Load(room, tail: 1))!.Row;
        Assert.Equal((2L, 9L), (row.ChosenHead, row.Summary.Version));
        Assert.False(await Rooms.ChooseHead(room, 4, new RoomFence(5, null), version: 10));

        var next = SampleData.Accept(room, 5, SampleData.Turn(5) with { StoresParent = true });
        Assert.IsType<AcceptanceOutcome.Fenced>(await Rooms.Accept(next));
        Assert.IsType<AcceptanceOutcome.LimitReached>(await Rooms.Accept(next with { ExpectedHead = 2, Limits = SampleData.Limits(1) }));
        Assert.True(await Rooms.Stores(next with { ExpectedHead = 2 }));
        Assert.Null((await Rooms.Load(room, tail: 1))!.Row.ChosenHead);
    }

    [Fact]
    public async Task The_text_of_messages_is_measured_in_bytes()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        await Rooms.Stores(SampleData.Accept(room, 3, SampleData.Turn(3, text: "für")));
        Assert.Equal(9, await Rooms.MeasureText(room, [new(1, 3)]));
        Assert.Equal(5, await Rooms.MeasureText(room, [new(1, 2)]));
        Assert.Equal(0, await Rooms.MeasureText(room with { UserId = Guid.CreateVersion7() }, [new(1, 3)]));
    }

    [Fact]
    public async Task Messages_are_read_by_their_ids_and_the_oldest_left_out_when_the_text_is_too_long()
    {
        var room = await Rooms.CreateRoomWithTurns(3);
        Assert.Equal([1L, 4, 5], (await Rooms.ReadMessages(room, [5, 4, 1], 1000)).Select(message => message.Id));
        Assert.Equal([4L, 5], (await Rooms.ReadMessages(room, [5, 4, 1], 5)).Select(message => message.Id));
        Assert.Equal([5L], (await Rooms.ReadMessages(room, [5, 4, 1], 1)).Select(message => message.Id));
        Assert.Empty(await Rooms.ReadMessages(room, [], 1000));
        Assert.Empty(await Rooms.ReadMessages(room with { UserId = Guid.CreateVersion7() }, [1], 1000));
    }

    [Fact]
    public async Task A_branch_is_copied_into_a_new_room_without_keys_and_superseded_replies()
    {
        var source = await Rooms.CreateRoomWithTurns(2);
        await Rooms.Stores(SampleData.Accept(source, 5, SampleData.Regenerated(5, SampleData.Turn(1)), SampleData.Turn(6, text: "More")));
        foreach (var id in new long[] { 2, 4, 5, 7 })
        {
            var end = SampleData.Turn(1).Reply with { Id = id, Status = MessageStatus.Completed, Content = $"reply {id}" };
            await Rooms.Finish(new ReplyFence(source, id, 1), end, SampleData.Summary(source, version: 20 + id));
        }

        var room = SampleData.Key(source.UserId);
        var row = SampleData.Row(room) with { NextId = 5 };
        var copy = new RoomCopy(source.RoomId, [new(1, 1), new(5, 7)], "request");
        Assert.True(await Rooms.Create(room, row, copy));
        Assert.False(await Rooms.Create(room, row, copy));

        var loaded = (await Rooms.Load(room, tail: 10))!;
        Assert.Equal(
            ["1 Hello  ", "2 reply 5 1 ", "3 More  ", "4 reply 7 3 "],
            loaded.Tail.Select(message => $"{message.Id} {message.Content} {message.ReplyTo} {message.SupersededBy}"));
        Assert.Empty(loaded.Branches);
        Assert.Null(await Rooms.FindTurn(room, "key-1"));
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 5)));
    }

    [Fact]
    public async Task Nothing_is_copied_from_a_room_of_another_user_or_into_a_room_of_another_request()
    {
        var source = await Rooms.CreateRoomWithTurns(2);
        var stranger = SampleData.Key();
        await Rooms.Create(stranger, SampleData.Row(stranger), new RoomCopy(source.RoomId, [new(1, 2)], ""));
        Assert.Empty((await Rooms.Load(stranger, tail: 10))!.Tail);

        var room = SampleData.Key(source.UserId);
        await Rooms.Create(room, SampleData.Row(room));
        var other = SampleData.Row(room) with { CreationFingerprint = "another" };
        Assert.False(await Rooms.Create(room, other, new RoomCopy(source.RoomId, [new(1, 2)], "")));
        Assert.Empty((await Rooms.Load(room, tail: 10))!.Tail);
    }

    private static AcceptedTurn Edited(long id, long edits, long? parent)
    {
        var turn = SampleData.Turn(id);
        return turn with { Message = turn.Message with { ParentId = parent }, EditedMessageId = edits, StoresParent = true };
    }
}
