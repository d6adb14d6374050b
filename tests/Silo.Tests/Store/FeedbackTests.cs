using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Silo.Tests.Store;

public sealed class FeedbackOnSqliteTests(SqliteTestDatabase database)
    : FeedbackTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class FeedbackOnPostgresTests(PostgresTestDatabase database)
    : FeedbackTests(database), IClassFixture<PostgresTestDatabase>;

public abstract class FeedbackTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly MessageFeedback Good = new(IsPositive: true, "Thanks 🦊");

    [Fact]
    public async Task Feedback_to_a_finished_reply_is_stored_replaced_and_removed()
    {
        var room = await RoomWithAnswer();
        var before = await Rooms.ReadMessage(room, 2);

        foreach (var feedback in new[] { Good, new MessageFeedback(IsPositive: false, Comment: null), null })
        {
            Assert.True(await Rooms.SetFeedback(room, 2, feedback));
            Assert.Equal(before! with { Feedback = feedback }, await Rooms.ReadMessage(room, 2));
            Assert.Equal(feedback, (await Rooms.Load(room, tail: 10))!.Tail[1].Feedback);
        }
    }

    [Fact]
    public async Task Only_a_finished_reply_of_the_users_own_room_takes_feedback()
    {
        var room = await RoomWithAnswer();
        await Rooms.Stores(SampleData.Accept(room, 3));

        Assert.False(await Rooms.SetFeedback(room, 1, Good));
        Assert.False(await Rooms.SetFeedback(room, 4, Good));
        Assert.False(await Rooms.SetFeedback(room, 5, Good));
        Assert.False(await Rooms.SetFeedback(room with { UserId = Guid.CreateVersion7() }, 2, Good));
        await Rooms.Delete(room, SampleData.Noon);
        Assert.False(await Rooms.SetFeedback(room, 2, Good));
        Assert.Equal(0, await Database.Count(
            "select count(*) from messages where room_id = @room and feedback is not null", new { room = room.RoomId }));
    }

    private async Task<RoomKey> RoomWithAnswer()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var end = SampleData.Turn(1).Reply with { Content = "Yes", Status = MessageStatus.Completed };
        Assert.True(await Rooms.Finish(new ReplyFence(room, 2, 1), end, SampleData.Summary(room, version: 3)));
        return room;
    }
}
