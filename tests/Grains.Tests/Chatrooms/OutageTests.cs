using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;
using Orleans.Storage;

namespace GeminiChat.Grains.Tests.Chatrooms;

/// <summary>A database that fails at the worst moments.</summary>
public sealed class OutageTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    public static TheoryData<string> Unknowns => new("stored", "not stored");

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task An_end_whose_outcome_is_unknown_is_stored_once_and_the_model_is_not_called_again(string kind)
    {
        await using var test = await cluster.NewRoom();
        cluster.Spoilt.NextFinish = Unknown<bool>(kind);
        await test.PostAndAnswer("one", "first");
        await test.PostAndAnswer("two", "second");
        await test.Forget();
        Assert.Equal(("first", 1), Facts(await test.Room.ReadMessage(2)));
        Assert.Equal(2, test.Model.All.Count);
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task A_post_whose_outcome_is_unknown_can_be_repeated_and_leaves_the_running_reply_alone(string kind)
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        cluster.Spoilt.NextAccept = Unknown<AcceptanceOutcome>(kind);
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
    public async Task A_post_that_was_stored_without_anybody_knowing_is_answered_once_the_room_is_woken()
    {
        await using var test = await cluster.NewRoom();
        cluster.Spoilt.NextAccept = SpoiltStore.StoredButUnknown;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Post(new NewMessage("one", "k1")));
        await test.Room.Wake();
        (await test.Model.NextCall()).Answer("first");
        Assert.Equal("first", (await test.Room.ReadToEnd(2)).Text);
    }

    [Fact]
    public async Task A_turn_that_another_activation_accepted_is_answered_after_a_wake_or_two()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        await test.PostAndAnswered("one");
        await test.WriteBehindItsBack("two");

        await test.Room.Wake();
        await cluster.WaitUntilGone(test.Room);
        await test.Room.Wake();
        Assert.Equal("re two", (await test.Room.ReadToEnd(4)).Text);
    }

    [Fact]
    public async Task A_reply_that_another_activation_accepted_is_not_absent_for_who_asks_again()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        await test.PostAndAnswered("one");
        await test.WriteBehindItsBack("two");

        await Assert.ThrowsAsync<InconsistentStateException>(() => test.Room.ReadMessage(4));
        Assert.Equal("re two", (await test.Eventually(() => test.Room.ReadToEnd(4))).Text);
        Assert.Null(await test.Room.ReadMessage(5));
    }

    [Fact]
    public async Task A_reply_whose_commit_is_under_way_costs_the_activation_nothing()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        var (isStored, mayBeKnown) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Spoilt.NextAccept = async accept =>
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
    public async Task A_refused_end_fails_its_reply_and_lets_the_next_turn_go_on()
    {
        await using var test = await cluster.NewRoom();
        cluster.Spoilt.NextFinish = SpoiltStore.Rejected;
        await test.Post("one");
        await test.Post("two");
        (await test.Model.NextCall()).Answer("unstorable");
        var (_, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Failed, EndReasons.ModelError, ""), (end.Status, end.Reason, end.Content));
        (await test.Model.NextCall()).Answer("second");
        Assert.Equal("second", (await test.Room.ReadToEnd(4)).Text);
    }

    [Fact]
    public async Task While_the_database_is_away_posts_fail_and_a_running_reply_waits_for_it()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        cluster.Spoilt.NextAccept = SpoiltStore.Away;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Room.Post(new NewMessage("two", "k2")));
        cluster.Spoilt.NextFinish = SpoiltStore.Away;
        call.Answer("first");
        Assert.Equal(("first", 1), Facts((await test.Room.ReadToEnd(2)).End));
        Assert.Equal(2, (await test.Room.Read(100, before: null))!.Messages.Length);
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task A_creation_whose_outcome_is_unknown_can_be_repeated(string kind)
    {
        await using var test = await cluster.NewRoom();
        var room = cluster.Grains.Chatroom(test.Key with { RoomId = Guid.CreateVersion7() });
        cluster.Spoilt.NextCreate = Unknown<bool>(kind);
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => room.Create(new NewRoom("twice", null)));
        Assert.IsType<CreateRoomOutcome.Created>(await room.Create(new NewRoom("twice", null)));
        Assert.Contains((await cluster.Grains.User(test.Key.UserId).ListRooms()).Rooms, listed => listed.Name == "twice");
    }

    private static Func<Func<Task<T>>, Task<T>> Unknown<T>(string kind) =>
        kind == "stored" ? SpoiltStore.StoredButUnknown : SpoiltStore.NotStoredAndUnknown;

    private static (string Content, int Attempt) Facts(RoomMessage? message) => (message!.Content, message.Attempt);
}
