using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class StoredSearchesOnSqliteTests(SqliteTestDatabase database)
    : StoredSearchesTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class StoredSearchesOnPostgresTests(PostgresTestDatabase database)
    : StoredSearchesTests(database), IClassFixture<PostgresTestDatabase>;

/// <summary>The count of web searches, and what replies and rooms are made with.</summary>
public abstract class StoredSearchesTests(TestDatabase database) : StoreTestsBase(database)
{
    [Fact]
    public async Task The_searches_of_a_reply_are_counted_with_its_end_once_and_for_the_day_of_its_end()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        Assert.True(await Finish(room, 2, searches: 3));
        Assert.True(await Finish(room, 4, searches: 2, version: 8));
        Assert.False(await Finish(room, 2, searches: 3));

        var quota = await Users.LoadQuota(room.UserId, SampleData.Day);
        Assert.Equal((2, 5), (quota.Used, quota.SearchQueries));
        Assert.Equal(8, (await Rooms.Load(room, tail: 1))!.Row.Summary.Version);
        Assert.Equal(0, (await Users.LoadQuota(room.UserId, SampleData.Day.AddDays(1))).SearchQueries);
    }

    [Fact]
    public async Task Searches_are_counted_on_a_day_without_a_message_too()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        Assert.True(await Finish(room, 2, searches: 3, minutes: 24 * 60));

        var quota = await Users.LoadQuota(room.UserId, SampleData.Day.AddDays(1));
        Assert.Equal((0, 3), (quota.Used, quota.SearchQueries));
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 3) with { At = SampleData.Noon.AddDays(1) }));
        quota = await Users.LoadQuota(room.UserId, SampleData.Day.AddDays(1));
        Assert.Equal((1, 3), (quota.Used, quota.SearchQueries));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(9, 1)]
    public async Task Nothing_is_counted_for_another_attempt_or_message(long id, int attempt)
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        Assert.False(await Finish(room, id, searches: 3, attempt: attempt));
        Assert.Equal(0, (await Users.LoadQuota(room.UserId, SampleData.Day)).SearchQueries);
    }

    [Fact]
    public async Task The_searches_of_a_reply_that_is_given_back_are_counted_once()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var failed = Reply(2, searches: 3) with { Content = "", Status = MessageStatus.Failed, Reason = EndReasons.Empty };
        Assert.False(await Rooms.Finish(new ReplyFence(room, 2, 2), failed, SampleData.Summary(room, version: 7), Refund.Fault));
        Assert.True(await Rooms.Finish(new ReplyFence(room, 2, 1), failed, SampleData.Summary(room, version: 7), Refund.Fault));
        Assert.False(await Rooms.Finish(new ReplyFence(room, 2, 1), failed, SampleData.Summary(room, version: 7), Refund.Fault));

        var quota = await Users.LoadQuota(room.UserId, SampleData.Day);
        Assert.Equal((0, 3), (quota.Used, quota.SearchQueries));
        Assert.Equal(MessageStatus.Failed, (await Rooms.ReadMessage(room, 2))!.Status);
    }

    [Fact]
    public async Task What_a_reply_is_made_with_is_stored_with_its_acceptance_and_stays_with_its_end()
    {
        var options = new ReplyOptions("gemini-3.8-flash", ThinkingLevel.Minimal, Search: true);
        var requested = new ReplyOptions(Search: true);
        var room = await Rooms.CreateRoomWithTurns(0);
        var turn = SampleData.Turn(1);
        Assert.True(await Rooms.Stores(SampleData.Accept(room, 1, turn with { Reply = turn.Reply with { Options = options, RequestedOptions = requested } })));
        Assert.Equal(options, (await Rooms.ReadMessage(room, 2))!.Options);
        var accepted = (await Rooms.FindTurn(room, turn.IdempotencyKey))!.Reply;
        Assert.Equal((options, requested), (accepted.Options, accepted.RequestedOptions));

        Assert.True(await Rooms.Finish(new ReplyFence(room, 2, 1), Reply(2, searches: 1) with { Options = options, RequestedOptions = requested }, SampleData.Summary(room, version: 7)));
        var stored = (await Rooms.ReadMessage(room, 2))!;
        Assert.Equal((options, requested, 1), (stored.Options, stored.RequestedOptions, stored.Usage!.SearchQueries));
        Assert.Equal("https://a.example/?a=1&b=<2>", Assert.Single(stored.Grounding!.Sources).Url);
        Assert.Equal((0, 2), (stored.Grounding.Citations[0].Start, stored.Grounding.Citations[0].End));
        Assert.Equal([0], stored.Grounding.Citations[0].Sources);
        Assert.Equal("<b>Google</b>", stored.Grounding.SearchSuggestions);
    }

    [Fact]
    public async Task The_defaults_of_a_room_are_stored_and_removed()
    {
        var options = new ReplyOptions("gemini-3.8-flash", ThinkingLevel.Minimal, Search: false);
        var room = SampleData.Key();
        Assert.True(await Rooms.Create(room, SampleData.Row(room) with { Options = options }));
        var row = (await Rooms.Load(room, tail: 1))!.Row;
        Assert.Equal(options, row.Options);

        var changed = row with { Options = null, Summary = row.Summary with { Version = 2 } };
        Assert.True(await Rooms.ChangeSettings(room, changed, expected: 1));
        Assert.Null((await Rooms.Load(room, tail: 1))!.Row.Options);
    }

    private static RoomMessage Reply(long id, int searches) => SampleData.Turn(id - 1).Reply with
    {
        Content = "It ends",
        Status = MessageStatus.Completed,
        Usage = new TokenUsage(12, 5, ThoughtTokens: 2, CachedTokens: 1, searches),
        Grounding = new ReplyGrounding([new WebSource("https://a.example/?a=1&b=<2>", "A")], [new Citation(0, 2, [0])], "<b>Google</b>"),
    };

    private Task<bool> Finish(RoomKey room, long id, int searches, long version = 7, int attempt = 1, int minutes = 0) =>
        Rooms.Finish(new ReplyFence(room, id, attempt), Reply(id, searches), SampleData.Summary(room, version, minutes));
}
