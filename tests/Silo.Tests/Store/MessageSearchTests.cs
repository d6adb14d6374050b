using System.Text;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Search;

namespace GeminiChat.Silo.Tests.Store;

public sealed class MessageSearchOnSqliteTests(SqliteTestDatabase database)
    : MessageSearchTests(database), IClassFixture<SqliteTestDatabase>
{
    [Fact]
    public async Task The_words_of_a_purged_room_are_overwritten()
    {
        var room = await Write("supercalifragilistic");
        await Rooms.Delete(room, SampleData.Noon);
        await Host.Service<DeletedRooms>().Purge(room, TestContext.Current.CancellationToken);

        await Database.Execute("insert into message_index (message_index) values ('integrity-check')");
        Assert.Equal(0, await Database.Count(
            "select count(*) from message_index_data where instr(block, 'supercali') > 0"));
    }
}

public sealed class MessageSearchOnPostgresTests(PostgresTestDatabase database)
    : MessageSearchTests(database), IClassFixture<PostgresTestDatabase>
{
    [Fact]
    public async Task A_word_of_very_many_messages_is_found_in_the_newest()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        await Database.Execute("""
            insert into messages (room_id, id, sender, content, created_at, status, attempt, touched_at)
            select @room, i, 0, 'common word ' || i, @at + i, 2, 0, @at + i from generate_series(11, 5010) i
            """, new { room = room.RoomId, at = SampleData.Noon.ToUnixTimeMilliseconds() });
        await Host.Service<UnindexedRooms>().Index(new UnindexedRoom(room.RoomId, room.UserId), TestContext.Current.CancellationToken);

        var newest = await Find(room, "common", limit: 3);
        var older = await Search(room, "common", limit: 3, before: newest.Next);

        Assert.Equal([5010, 5009, 5008], newest.Messages.Select(message => message.MessageId));
        Assert.Equal([5007, 5006, 5005], older!.Messages.Select(message => message.MessageId));
        Assert.Equal([11], (await Find(room, "\"common word 11\"")).Messages.Select(message => message.MessageId));
        Assert.Equal([5010, 5009, 5008], (await Find(room, "common", limit: 3, inRoom: true)).Messages.Select(message => message.MessageId));
        Assert.Equal([11], (await Find(room, "\"common word 11\"", inRoom: true)).Messages.Select(message => message.MessageId));
    }
}

public abstract class MessageSearchTests(TestDatabase database) : StoreTestsBase(database)
{
    private int _written;

    [Theory]
    [InlineData("The quick brown fox", "fox quick")]
    [InlineData("The quick brown fox", "\"quick brown\" th")]
    [InlineData("Grüße aus Köln", "GRUSSE koln")]
    [InlineData("私は東京都に住んでいます", "東京")]
    [InlineData("私は東京都に住んでいます", "住んでいます")]
    [InlineData("私は東京都に住んでいます", "都")]
    [InlineData("今天天气很好。", "天气")]
    [InlineData("한국어를 배웁니다", "한국어")]
    [InlineData("ฉันรักภาษาไทย", "ภาษา")]
    [InlineData("हिन्दी भाषा", "हिन्दी")]
    [InlineData("ذهب الولد إلى المدرسة", "الى مدرسه المدرسة", false)]
    [InlineData("ذَهَبَ الولد إلى المدرسة", "ذهب الى المد")]
    [InlineData("The quick brown fox", "\"brown quick\"", false)]
    [InlineData("The quick brown fox", "quic fox", false)]
    [InlineData("a😀b \uFFFD c", "b c")]
    [InlineData("東京タワー and Tower", "東京タワーand")]
    [InlineData("it's 3.14 'quoted' \\ back", "\"it's 3.14\" quoted back")]
    public async Task A_message_is_found_by_its_words(string text, string query, bool isFound = true)
    {
        var room = await Write(text);

        var found = (await Find(room, query)).Messages;

        Assert.Equal(isFound ? [1L] : [], found.Select(message => message.MessageId));
        if (isFound)
        {
            Assert.Equal(("A room", room.RoomId, Sender.User, SampleData.Noon), (found[0].RoomName, found[0].RoomId, found[0].Sender, found[0].Timestamp));
            Assert.Equal(text, found[0].Snippet);
            Assert.NotEmpty(found[0].Highlights);
        }
    }

    [Fact]
    public async Task A_reply_is_found_when_it_has_ended_and_once()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var fence = new ReplyFence(room, 2, 1);
        var reply = SampleData.Turn(1).Reply with { Content = "The answer", Status = MessageStatus.Stopped };

        await Rooms.Checkpoint(fence, "The ans", SampleData.Noon);
        Assert.Empty((await Find(room, "the")).Messages);
        Assert.True(await Rooms.Finish(fence, reply, SampleData.Summary(room, version: 3)));
        Assert.False(await Rooms.Finish(fence, reply, SampleData.Summary(room, version: 3)));

        Assert.Equal([2], (await Find(room, "answer")).Messages.Select(message => message.MessageId));
    }

    [Fact]
    public async Task A_reply_of_a_fenced_attempt_is_not_indexed()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var reply = SampleData.Turn(1).Reply with { Content = "The answer", Status = MessageStatus.Completed };
        Assert.True(await Rooms.StartAttempt(new ReplyFence(room, 2, 2), SampleData.Noon));

        Assert.False(await Rooms.Finish(new ReplyFence(room, 2, 1), reply, SampleData.Summary(room, version: 3)));

        Assert.Empty((await Find(room, "answer")).Messages);
    }

    [Fact]
    public async Task A_message_that_is_not_accepted_is_not_indexed()
    {
        var room = await Write("first");

        Assert.False(await Rooms.Stores(SampleData.Accept(room, 1, SampleData.Turn(1, key: "other", text: "second"))));
        Assert.False(await Rooms.Stores(SampleData.Accept(room, 3, SampleData.Turn(3, key: "key-1", text: "third"))));

        Assert.Empty((await Find(room, "second")).Messages);
        Assert.Empty((await Find(room, "third")).Messages);
    }

    [Fact]
    public async Task Nothing_of_a_deleted_room_or_of_another_user_is_found()
    {
        var room = await Write("secret words");
        Assert.Empty((await Find(SampleData.Key(), "secret")).Messages);
        Assert.Empty((await Find(SampleData.Key() with { RoomId = room.RoomId }, "secret", inRoom: true)).Messages);

        await Rooms.Delete(room, SampleData.Noon);
        Assert.Empty((await Find(room, "secret")).Messages);
        Assert.False(await Rooms.Finish(
            new ReplyFence(room, 2, 1), SampleData.Turn(1).Reply with { Content = "late", Status = MessageStatus.Stopped }, SampleData.Summary(room, version: 3)));
        await Host.Service<DeletedRooms>().Purge(room, TestContext.Current.CancellationToken);

        Assert.Equal(0, await Database.Count("select count(*) from message_words where room_id = @room", new { room = Id(room) }));
    }

    [Fact]
    public async Task Messages_of_a_temporary_room_are_not_indexed()
    {
        var room = SampleData.Key();
        await Rooms.Create(room, SampleData.Row(room));
        var acceptance = SampleData.Accept(room, 1);

        Assert.True(await Rooms.Stores(acceptance with { Summary = acceptance.Summary with { IsTemporary = true } }));

        Assert.Empty((await Find(room, "hello")).Messages);
    }

    [Fact]
    public async Task Matches_are_read_newest_first_page_by_page()
    {
        var one = await Write("word one", "word two", "word three");
        var two = SampleData.Key(one.UserId);
        await Write(two, "word four", "no match");

        var first = await Find(one, "word", limit: 3);
        var second = await Search(one, "word", limit: 3, before: first.Next);

        Assert.Equal([(two.RoomId, 1L), (one.RoomId, 5L), (one.RoomId, 3L)], first.Messages.Select(message => (message.RoomId, message.MessageId)));
        Assert.Equal([(one.RoomId, 1L)], second!.Messages.Select(message => (message.RoomId, message.MessageId)));
        Assert.Null(second.Next);
        Assert.Equal([1], (await Find(two, "word", inRoom: true)).Messages.Select(message => message.MessageId));
    }

    [Theory]
    [InlineData("a", 500_000)]
    [InlineData("a ", 250_000)]
    [InlineData("漢", 500_000)]
    [InlineData("漢字かな", 100_000)]
    [InlineData("😀é ", 100_000)]
    public async Task A_message_over_the_limits_of_the_index_is_stored(string part, int times)
    {
        var text = "begin " + string.Concat(Enumerable.Repeat(part, times));
        var distinct = string.Join(' ', Enumerable.Range(0, 100_000).Select(i => $"word{i}"));
        var room = await Write(text, distinct);

        Assert.Equal(text, (await Rooms.ReadMessage(room, 1))!.Content);
        Assert.Equal([1], (await Find(room, "begin")).Messages.Select(message => message.MessageId));
        Assert.Equal([3], (await Find(room, "\"word77 word78\"")).Messages.Select(message => message.MessageId));
    }

    [Fact]
    public async Task Any_query_finds_own_messages_only_or_is_invalid()
    {
        var room = await Write("mine words alpha beta 東京 OR NOT near");
        await Write("theirs words alpha beta 東京 OR NOT near");
        var random = new Random(20_261_122);
        for (var i = 0; i < 5000; i++)
        {
            var query = RandomQuery(random);
            var found = await Search(room, query, limit: 5);

            Assert.True(found is null || found.Messages.All(message => message.RoomId == room.RoomId), query);
        }
    }

    [Fact]
    public async Task The_copies_of_messages_are_found_in_their_own_room()
    {
        var room = await Write("first word", "second word", "third word");
        var copy = SampleData.Key(room.UserId);
        await Rooms.Create(copy, SampleData.Row(copy) with { NextId = 3 }, new RoomCopy(room.RoomId, [new(1, 1), new(3, 3)], "request"));

        Assert.Equal([2L, 1L], (await Find(copy, "word", inRoom: true)).Messages.Select(message => message.MessageId));
        Assert.Equal([2L], (await Find(copy, "\"second word\"", inRoom: true)).Messages.Select(message => message.MessageId));
        Assert.Empty((await Find(copy, "third", inRoom: true)).Messages);
        Assert.Equal(3, (await Find(room, "word", inRoom: true)).Messages.Length);
        Assert.Equal(5, (await Find(room, "word")).Messages.Length);
    }

    [Fact]
    public async Task The_pages_of_one_room_have_each_match_once()
    {
        var room = await Write("word one", "word two", "word three");
        var reply = SampleData.Turn(1).Reply with { Content = "a late word", Status = MessageStatus.Completed };
        Assert.True(await Rooms.Finish(new ReplyFence(room, 2, 1), reply, SampleData.Summary(room, version: 6)));
        await Write(SampleData.Key(room.UserId), "word of another room");

        var found = new List<long>();
        for (long? before = null; ;)
        {
            var page = await Search(room, "word", limit: 1, before, inRoom: true);
            found.AddRange(page!.Messages.Select(message => message.MessageId));
            if ((before = page.Next) is null)
            {
                break;
            }
        }

        Assert.Equal([1, 2, 3, 5], found.Order());
    }

    protected async Task<RoomKey> Write(params string[] texts)
    {
        var room = SampleData.Key();
        await Write(room, texts);
        return room;
    }

    protected async Task<SearchOutcome.Found> Find(RoomKey room, string query, int limit = 20, bool inRoom = false) =>
        Assert.IsType<SearchOutcome.Found>(await Search(room, query, limit, inRoom: inRoom));

    /// <summary>Null when the query has no word, or too many.</summary>
    protected async Task<SearchOutcome.Found?> Search(RoomKey room, string query, int limit = 20, long? before = null, bool inRoom = false)
    {
        var search = new MessageSearch(query, limit, before, inRoom ? room.RoomId : null);
        var outcome = await Host.Service<IMessageSearch>().Search(room.UserId, search);
        Assert.True(outcome is SearchOutcome.Found or SearchOutcome.InvalidText, outcome.GetType().Name);
        return outcome as SearchOutcome.Found;
    }

    private static string RandomQuery(Random random)
    {
        string[] parts =
        [
            "alpha", "be", "words", "東", "東京", " ", " ", "\"", "'", "*", "^", ":", "(", ")", "-", "+", "&", "|", "!", "<->", "\\", "OR", "AND", "NOT",
            "NEAR", "words:", "{", "}", "%", "\0", "\uD800", "\uDC00", "😀", "§", "é", "e\u0301", "\u200B", "\u202E", "٣", "ß", ";--", "\n",
        ];
        var text = new StringBuilder();
        for (var i = random.Next(1, 24); i > 0; i--)
        {
            _ = random.Next(4) == 0 ? text.Append((char)random.Next(0x10000)) : text.Append(parts[random.Next(parts.Length)]);
        }

        return text.ToString();
    }

    private async Task Write(RoomKey room, params string[] texts)
    {
        Assert.True(await Rooms.Create(room, SampleData.Row(room)));
        foreach (var (i, text) in texts.Index())
        {
            var turn = SampleData.Turn((2 * i) + 1, text: text);
            turn = turn with { Message = turn.Message with { Timestamp = SampleData.Noon.AddMilliseconds(_written++) } };
            Assert.True(await Rooms.Stores(SampleData.Accept(room, turn.Message.Id, turn)));
        }
    }

    private object Id(RoomKey room) => Database is SqliteTestDatabase ? room.RoomId.ToString().ToUpperInvariant() : room.RoomId;
}
