using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class RoomStoreOnSqliteTests(SqliteTestDatabase database)
    : RoomStoreTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class RoomStoreOnPostgresTests(PostgresTestDatabase database)
    : RoomStoreTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class RoomStoreTests(TestDatabase database) : StoreTestsBase(database)
{
    [Fact]
    public async Task A_created_room_is_loaded_as_it_was_stored()
    {
        var room = SampleData.Key();
        var row = SampleData.Row(room, prompt: "Be brief.");

        Assert.True(await Rooms.Create(room, row));

        var loaded = await Rooms.Load(room, tail: 10);
        Assert.Equal(row, loaded!.Row);
        Assert.Empty(loaded.Tail);
    }

    [Fact]
    public async Task A_temporary_room_stays_temporary()
    {
        var room = SampleData.Key();
        var row = SampleData.Row(room);
        await Rooms.Create(room, row with { Summary = row.Summary with { IsTemporary = true } });

        await Rooms.ChangeSettings(room, row with { Summary = SampleData.Summary(room, version: 2) }, expected: 1);

        Assert.True((await Rooms.Load(room, tail: 1))!.Row.Summary.IsTemporary);
        Assert.True(Assert.Single(await Users.LoadRooms(room.UserId)).IsTemporary);
    }

    [Fact]
    public async Task Creating_a_room_again_changes_nothing()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        Assert.False(await Rooms.Create(room, SampleData.Row(room, prompt: "Another one.")));

        var loaded = await Rooms.Load(room, tail: 10);
        Assert.Null(loaded!.Row.SystemPrompt);
        Assert.Equal(2, loaded.Tail.Length);
    }

    [Fact]
    public async Task A_room_is_absent_for_anybody_but_its_owner()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var theirs = SampleData.Key() with { RoomId = room.RoomId };

        Assert.Null(await Rooms.Load(theirs, tail: 10));
        Assert.Null(await Rooms.ReadMessage(theirs, 1));
        Assert.Empty(await Rooms.ReadMessages(theirs, before: 10, limit: 10));
        Assert.Null(await Rooms.FindTurn(theirs, "key-1"));
        Assert.False(await Rooms.Stores(SampleData.Accept(theirs, 3)));
    }

    [Fact]
    public async Task Times_are_stored_in_milliseconds_UTC()
    {
        var room = SampleData.Key();
        var local = new DateTimeOffset(2026, 11, 22, 17, 30, 0, 456, TimeSpan.FromHours(5.5)).AddTicks(7891);
        var row = SampleData.Row(room);

        await Rooms.Create(room, row with { Summary = row.Summary with { CreatedAt = local } });

        var loaded = (await Rooms.Load(room, tail: 1))!.Row.Summary.CreatedAt;
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 12, 0, 0, 456, TimeSpan.Zero), loaded);
        Assert.Equal(TimeSpan.Zero, loaded.Offset);
    }

    [Fact]
    public async Task A_loaded_room_has_its_newest_messages_in_the_order_of_their_ids()
    {
        var room = await Rooms.CreateRoomWithTurns(5);

        var tail = (await Rooms.Load(room, tail: 4))!.Tail;

        Assert.Equal([7, 8, 9, 10], tail.Select(message => message.Id));
    }

    [Fact]
    public async Task Messages_are_read_backwards_page_by_page()
    {
        var room = await Rooms.CreateRoomWithTurns(3);

        var newer = await Rooms.ReadMessages(room, before: 6, limit: 3);
        var older = await Rooms.ReadMessages(room, before: newer[0].Id, limit: 3);

        Assert.Equal([3, 4, 5], newer.Select(message => message.Id));
        Assert.Equal([1, 2], older.Select(message => message.Id));
    }

    [Fact]
    public async Task A_page_is_limited_by_text_size_but_has_at_least_one_message()
    {
        const int Longest = IChatroomGrain.MaxPageLength;
        var room = SampleData.Key();
        await Rooms.Create(room, SampleData.Row(room));
        await Rooms.Stores(SampleData.Accept(
            room, 1, SampleData.Turn(1, text: new string('a', Longest / 2)), SampleData.Turn(3, text: new string('a', Longest / 2)), SampleData.Turn(5, text: new string('a', Longest + 1))));

        Assert.Equal([6], await Ids(before: 7));
        Assert.Equal([5], await Ids(before: 6));
        Assert.Equal([1, 2, 3, 4], await Ids(before: 5));

        async Task<IEnumerable<long>> Ids(long before) =>
            (await Rooms.ReadMessages(room, before, limit: 100)).Select(message => message.Id);
    }

    [Fact]
    public async Task A_message_is_read_by_its_id()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        Assert.Equal(SampleData.Turn(1).Message, await Rooms.ReadMessage(room, 1));
        Assert.Equal(SampleData.Turn(1).Reply, await Rooms.ReadMessage(room, 2));
        Assert.Null(await Rooms.ReadMessage(room, 3));
    }

    [Fact]
    public async Task A_turn_is_found_by_its_key_only_in_its_room()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        var other = await Rooms.CreateRoomWithTurns(0);

        var found = await Rooms.FindTurn(room, "key-3");

        Assert.Equal(new StoredTurn(SampleData.Turn(3).Message, SampleData.Turn(3).Reply), found);
        Assert.Null(await Rooms.FindTurn(room, "key-2"));
        Assert.Null(await Rooms.FindTurn(other, "key-3"));
    }

    [Theory]
    [InlineData("emoji 👩‍👩‍👧 and a flag 🇩🇪, é composed and é not")]
    [InlineData("مرحبا ‏ بالعالم, שלום ‪mixed‬")]
    [InlineData("'quotes' \"double\" \\ backslash $1 @room ; -- \r\n\t \u0001\u001f\u007f\ufeff\uffff")]
    [InlineData("")]
    public async Task Any_text_is_read_back_unchanged(string text) => await CheckText(text);

    [Fact]
    public async Task Half_a_megabyte_is_read_back_unchanged() =>
        await CheckText(string.Concat(Enumerable.Repeat("ß漢😀 plain ", 48_000)));

    private async Task CheckText(string text)
    {
        var room = SampleData.Key();
        await Rooms.Create(room, SampleData.Row(room, prompt: text));
        await Rooms.Stores(SampleData.Accept(room, 1, SampleData.Turn(1, text: text)));
        var fence = new ReplyFence(room, 2, 1);
        var reply = SampleData.Turn(1).Reply with { Content = text, Status = MessageStatus.Completed };

        Assert.True(await Rooms.Finish(fence, reply, SampleData.Summary(room, version: 3)));

        var loaded = await Rooms.Load(room, tail: 10);
        Assert.Equal(text, loaded!.Row.SystemPrompt);
        Assert.Equal([text, text], loaded.Tail.Select(message => message.Content));
    }
}
