using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;
using Orleans.Storage;

namespace GeminiChat.Grains.Tests.Chatrooms;

/// <summary>A database that fails at the worst moments.</summary>
public sealed class StoreOutageTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    public static TheoryData<string> Unknowns => new("stored", "not stored");

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task A_finish_with_unknown_outcome_is_stored_once_without_another_model_call(string kind)
    {
        await using var test = await cluster.NewRoom();
        cluster.RoomStoreFaults.NextFinish = Unknown<bool>(kind);
        await test.PostAndAnswer("one", "first");
        await test.PostAndAnswer("two", "second");
        await test.Deactivate();
        Assert.Equal(("first", 1), Facts(await test.Room.ReadMessage(2)));
        Assert.Equal(2, test.Model.Calls.Count);
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task A_post_with_unknown_outcome_can_be_repeated_and_does_not_disturb_the_running_reply(string kind)
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        cluster.RoomStoreFaults.NextAccept = Unknown<AcceptanceOutcome>(kind);
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Post(new NewMessage("two", "k2")));
        var repeat = await test.Post("two", "k2");
        Assert.Equal(3, repeat.Message.Id);

        call.Answer("first");
        Assert.Equal(1, (await test.Room.ReadToEnd(2)).End.Attempt);
        (await test.Model.NextCall()).Answer("second");
        Assert.Equal("second", (await test.Room.ReadToEnd(4)).Text);
        Assert.Equal(4, (await test.Room.Read(100, before: null))!.Messages.Length);
    }

    [Fact]
    public async Task A_post_that_was_stored_with_unknown_outcome_is_answered_when_the_room_is_woken()
    {
        await using var test = await cluster.NewRoom();
        cluster.RoomStoreFaults.NextAccept = FaultInjectingRoomStore.StoredWithUnknownOutcome;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Post(new NewMessage("one", "k1")));
        await test.Room.Wake();
        (await test.Model.NextCall()).Answer("first");
        Assert.Equal("first", (await test.Room.ReadToEnd(2)).Text);
    }

    [Fact]
    public async Task A_turn_accepted_by_another_activation_is_answered_after_waking_the_room()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        await test.PostAndWaitForReply("one");
        await test.AcceptFromAnotherActivation("two");

        await test.Room.Wake();
        await cluster.WaitForDeactivation(test.Room);
        await test.Room.Wake();
        Assert.Equal("re two", (await test.Room.ReadToEnd(4)).Text);
    }

    [Fact]
    public async Task A_reply_accepted_by_another_activation_is_found_when_the_read_is_repeated()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        await test.PostAndWaitForReply("one");
        await test.AcceptFromAnotherActivation("two");

        await Assert.ThrowsAsync<InconsistentStateException>(() => test.Room.ReadMessage(4));
        Assert.Equal("re two", (await test.RetryUntilSuccess(() => test.Room.ReadToEnd(4))).Text);
        Assert.Null(await test.Room.ReadMessage(5));
    }

    [Fact]
    public async Task Reading_a_reply_whose_commit_is_in_progress_does_not_deactivate_the_room()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        var (isStored, mayBeKnown) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.RoomStoreFaults.NextAccept = async accept =>
        {
            var stored = await accept();
            isStored.SetResult();
            await mayBeKnown.Task;
            return stored;
        };
        var second = test.Post("two");
        await isStored.Task;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Room.ReadMessage(4));
        mayBeKnown.SetResult();
        Assert.Equal(4, (await second).Reply.Id);
        Assert.Equal(MessageStatus.Queued, (await test.Room.ReadMessage(4))!.Status);
        call.Answer("first");
        Assert.Equal(1, (await test.Room.ReadToEnd(2)).End.Attempt);
    }

    [Fact]
    public async Task A_finish_that_the_database_rejects_fails_the_reply_and_the_next_turn_runs()
    {
        await using var test = await cluster.NewRoom();
        cluster.RoomStoreFaults.NextFinish = FaultInjectingRoomStore.Rejected;
        await test.Post("one");
        await test.Post("two");
        (await test.Model.NextCall()).Answer("unstorable");
        var (_, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Failed, EndReasons.ModelError, ""), (end.Status, end.Reason, end.Content));
        (await test.Model.NextCall()).Answer("second");
        Assert.Equal("second", (await test.Room.ReadToEnd(4)).Text);
    }

    [Fact]
    public async Task During_a_database_outage_posts_fail_and_a_running_reply_waits_to_be_stored()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        cluster.RoomStoreFaults.NextAccept = FaultInjectingRoomStore.Unavailable;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Room.Post(new NewMessage("two", "k2")));
        cluster.RoomStoreFaults.NextFinish = FaultInjectingRoomStore.Unavailable;
        call.Answer("first");
        Assert.Equal(("first", 1), Facts((await test.Room.ReadToEnd(2)).End));
        Assert.Equal(2, (await test.Room.Read(100, before: null))!.Messages.Length);
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task A_room_creation_with_unknown_outcome_can_be_repeated(string kind)
    {
        await using var test = await cluster.NewRoom();
        var room = cluster.Grains.Chatroom(test.Key with { RoomId = Guid.CreateVersion7() });
        cluster.RoomStoreFaults.NextCreate = Unknown<bool>(kind);
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => room.Create(new NewRoom("twice", null)));
        Assert.IsType<CreateRoomOutcome.Created>(await room.Create(new NewRoom("twice", null)));
        Assert.Contains((await cluster.Grains.User(test.Key.UserId).ListRooms()).Rooms, listed => listed.Name == "twice");
    }

    private static Func<Func<Task<T>>, Task<T>> Unknown<T>(string kind) =>
        kind == "stored" ? FaultInjectingRoomStore.StoredWithUnknownOutcome : FaultInjectingRoomStore.NotStoredWithUnknownOutcome;

    private static (string Content, int Attempt) Facts(RoomMessage? message) => (message!.Content, message.Attempt);
}
