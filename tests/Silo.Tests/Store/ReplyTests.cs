using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class ReplyOnSqliteTests(SqliteTestDatabase database)
    : ReplyTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class ReplyOnPostgresTests(PostgresTestDatabase database)
    : ReplyTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class ReplyTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly DateTimeOffset Later = SampleData.Noon.AddMinutes(5);

    [Fact]
    public async Task A_checkpoint_stores_the_text_so_far()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        Assert.True(await Rooms.Checkpoint(new ReplyFence(room, 2, 1), "So far", Later));

        var reply = await Rooms.ReadMessage(room, 2);
        Assert.Equal(SampleData.Turn(1).Reply with { Content = "So far", Status = MessageStatus.Generating }, reply);
    }

    [Fact]
    public async Task A_new_attempt_starts_without_the_text_of_the_one_before()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        await Rooms.Checkpoint(new ReplyFence(room, 2, 1), "Lost", Later);

        Assert.True(await Rooms.StartAttempt(new ReplyFence(room, 2, 2), Later));

        var reply = await Rooms.ReadMessage(room, 2);
        Assert.Equal(SampleData.Turn(1).Reply with { Attempt = 2, Status = MessageStatus.Generating }, reply);
    }

    [Fact]
    public async Task Finishing_stores_the_reply_and_the_rooms_activity()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var summary = SampleData.Summary(room, version: 7, minutes: 9);
        var reply = SampleData.Turn(1).Reply with
        {
            Content = "It ends",
            Status = MessageStatus.Incomplete,
            Reason = EndReasons.Length,
            Model = "gemini-3.8-flash-001",
            Usage = new TokenUsage(12, 5_000_000_000),
        };

        Assert.True(await Rooms.Finish(new ReplyFence(room, 2, 1), reply, summary));

        var loaded = await Rooms.Load(room, tail: 1);
        Assert.Equal(summary, loaded!.Row.Summary);
        Assert.Equal(3, loaded.Row.NextId);
        Assert.Equal(reply, Assert.Single(loaded.Tail));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 0)]
    [InlineData(4, 1)]
    [InlineData(1, 0)]
    public async Task Nothing_is_stored_for_another_attempt_or_another_message(long id, int attempt)
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        await CheckLost(new ReplyFence(room, id, attempt), startFrom: attempt + 1);
    }

    [Theory]
    [InlineData(MessageStatus.Completed)]
    [InlineData(MessageStatus.Stopped)]
    [InlineData(MessageStatus.Incomplete)]
    [InlineData(MessageStatus.Failed)]
    public async Task Nothing_is_stored_for_a_reply_that_has_ended(MessageStatus status)
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var ended = SampleData.Turn(1).Reply with { Content = "The end", Status = status };
        await Rooms.Finish(new ReplyFence(room, 2, 1), ended, SampleData.Summary(room, version: 3));

        await CheckLost(new ReplyFence(room, 2, 1), startFrom: 2);
    }

    [Fact]
    public async Task Of_many_parallel_finishes_exactly_one_is_stored()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var fence = new ReplyFence(room, 2, 1);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Rooms.Finish(
            fence,
            SampleData.Turn(1).Reply with { Content = $"{i}", Status = MessageStatus.Completed },
            SampleData.Summary(room, version: 100 + i))));

        var winner = Assert.Single(outcomes.Index(), outcome => outcome.Item).Index;
        var loaded = await Rooms.Load(room, tail: 1);
        Assert.Equal($"{winner}", loaded!.Tail[0].Content);
        Assert.Equal(100 + winner, loaded.Row.Summary.Version);
    }

    private async Task CheckLost(ReplyFence fence, int startFrom)
    {
        var room = fence.Room;
        var before = await Rooms.Load(room, tail: 10);
        var end = SampleData.Turn(1).Reply with { Id = fence.ReplyId, Content = "Wrong", Status = MessageStatus.Completed };

        Assert.False(await Rooms.Checkpoint(fence, "Wrong", Later));
        Assert.False(await Rooms.StartAttempt(fence with { Attempt = startFrom }, Later));
        Assert.False(await Rooms.Finish(fence, end, SampleData.Summary(room, version: 99)));

        var after = await Rooms.Load(room, tail: 10);
        Assert.Equal(before!.Row, after!.Row);
        Assert.Equal(before.Tail, after.Tail);
    }
}
