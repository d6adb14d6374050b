using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class FeedbackTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    private static readonly MessageFeedback Good = new(IsPositive: true, "short");
    private static readonly MessageFeedback Bad = new(IsPositive: false, Comment: null);

    [Fact]
    public async Task Feedback_is_shown_at_once_and_after_a_restart_and_is_no_activity()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("question", "answer");
        var before = (await test.Room.Read(100, before: null))!;
        Assert.Equal(before.Messages[1] with { Feedback = Good }, await test.Room.SetFeedback(2, Good));
        Assert.Equal(Good, (await test.Room.ReadMessage(2))!.Feedback);
        var after = (await test.Room.Read(100, before: null))!;
        Assert.Equal((before.Room, Good), (after.Room, after.Messages[1].Feedback));

        Assert.Equal(Bad, (await test.Room.SetFeedback(2, Bad))!.Feedback);
        await test.Deactivate();
        Assert.Equal(Bad, (await test.Room.Read(100, before: null))!.Messages[1].Feedback);
        Assert.Null((await test.Room.SetFeedback(2, feedback: null))!.Feedback);
        Assert.Null((await test.Room.Read(100, before: null))!.Messages[1].Feedback);
    }

    [Fact]
    public async Task Only_a_finished_reply_takes_feedback()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("question");
        var call = await test.Model.NextCall();
        Assert.Null(await test.Room.SetFeedback(1, Good));
        Assert.Null(await test.Room.SetFeedback(3, Good));
        Assert.True(await test.Room.SetFeedback(2, Good) is { Feedback: null } pending && pending.Status.IsPending());
        call.Answer("answer");
        await test.Room.ReadToEnd(2);
        Assert.Null((await test.Room.ReadMessage(2))!.Feedback);
        Assert.Null(await cluster.Grains.Chatroom(test.Key with { UserId = Guid.CreateVersion7() }).SetFeedback(2, Good));
    }

    [Fact]
    public async Task A_regenerate_during_the_write_of_a_feedback_still_supersedes_the_reply()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("question", "answer");
        var mayStore = new TaskCompletionSource();
        cluster.RoomStoreFaults.NextFeedback = async store =>
        {
            await mayStore.Task;
            return await store();
        };
        var rating = test.Room.SetFeedback(2, Good);
        Assert.IsType<PostOutcome.Accepted>(await test.Room.Regenerate(2, "again"));
        mayStore.SetResult();
        Assert.Equal((3, Good), ((await rating)!.SupersededBy, (await rating)!.Feedback));
        var read = (await test.Room.ReadMessage(2))!;
        Assert.Equal((3, Good), (read.SupersededBy, read.Feedback));
        Assert.Equal(WithoutPlace(read), await test.Store.ReadMessage(test.Key, 2));
        (await test.Model.NextCall()).Answer("another");
    }

    [Fact]
    public async Task Of_many_feedbacks_at_once_memory_and_store_have_the_same()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("question", "answer");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => test.Room.SetFeedback(2, new MessageFeedback(i % 2 == 0, $"{i}"))));
        Assert.Equal(await test.Store.ReadMessage(test.Key, 2), WithoutPlace((await test.Room.ReadMessage(2))!));
    }

    // The room knows the place in the tree, the row of a reply does not.
    private static RoomMessage WithoutPlace(RoomMessage message) => message with { ParentId = null, Siblings = default };

    [Fact]
    public async Task A_feedback_repeated_after_a_lost_response_succeeds()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("question", "answer");
        cluster.RoomStoreFaults.NextFeedback = FaultInjectingRoomStore.StoredWithUnknownOutcome;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.SetFeedback(2, Good));
        Assert.Null((await test.Room.SetFeedback(2, feedback: null))!.Feedback);
        Assert.Null((await test.Store.ReadMessage(test.Key, 2))!.Feedback);
    }

    [Fact]
    public async Task A_reply_far_back_takes_feedback()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "yes";
        for (var i = 0; i < 140; i++)
        {
            await test.PostAndWaitForReply($"{i}");
        }

        await test.Deactivate();
        Assert.Equal(Good, (await test.Room.SetFeedback(2, Good))!.Feedback);
        Assert.Equal(Good, (await test.Room.ReadMessage(2))!.Feedback);
        Assert.Equal(Good, (await test.Room.Read(2, before: 3))!.Messages[1].Feedback);
    }
}
