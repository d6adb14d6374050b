using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class RegeneratingTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    public static TheoryData<string> Unknowns => new("stored", "not stored");

    [Fact]
    public async Task A_regenerated_reply_supersedes_earlier_ones_and_replaces_them_in_the_context()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await test.PostAndAnswer("two", "second");

        var again = await Regenerate(test, 2);
        Assert.Equal((1, "one"), (again.Message.Id, again.Message.Content));
        Assert.Equal((5, 1, MessageStatus.Queued), (again.Reply.Id, again.Reply.ReplyTo, again.Reply.Status));
        Assert.Equal([null, 5, null, null, null], await SupersededBy(test));
        await Answer(test, 5, "first anew", expectedContext: ["user one"]);

        await test.Post("three");
        await Answer(test, 7, "third", ["user one", "assistant first anew", "user three"]);

        await Regenerate(test, 5);
        await Answer(test, 8, "first once more", ["user one"]);
        Assert.Equal([null, 8, null, null, 8, null, null, null], await SupersededBy(test));

        var before = await Read(test);
        await test.Deactivate();
        Assert.Equal(before, await Read(test));
        await test.Post("four");
        await Answer(test, 10, "fourth", ["user one", "assistant first once more", "user four"]);
    }

    [Fact]
    public async Task The_context_of_a_regenerate_is_the_turns_before_its_question()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await test.PostAndAnswer("two", "second");
        await test.PostAndAnswer("three", "third");
        await Regenerate(test, 4);
        await Answer(test, 7, "second anew", ["user one", "assistant first", "user two"]);
    }

    [Fact]
    public async Task An_old_reply_can_be_regenerated()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        await test.PostAndWaitForReply("one");
        await test.PostAndWaitForReply("two");
        await Regenerate(test, 2);
        await test.Room.ReadToEnd(5);
        for (var i = 0; i < 130; i++)
        {
            await test.PostAndWaitForReply($"filler {i}");
        }

        var again = await Regenerate(test, 4);
        await test.Room.ReadToEnd(again.Reply.Id);
        Assert.Equal(["user one", "assistant re one", "user two"], test.Model.Calls.Last().Context);
        Assert.Equal(again.Reply.Id, (await test.Room.ReadMessage(4))!.SupersededBy);
        Assert.Equal(5, (await test.Room.ReadMessage(2))!.SupersededBy);

        await test.Deactivate();
        Assert.Equal("two", (await test.Room.ReadMessage(3))!.Content);
        var third = await Regenerate(test, again.Reply.Id);
        await test.Room.ReadToEnd(third.Reply.Id);
        Assert.Equal(["user one", "assistant re one", "user two"], test.Model.Calls.Last().Context);
        Assert.Equal(third.Reply.Id, (await test.Room.ReadMessage(4))!.SupersededBy);
    }

    [Fact]
    public async Task A_pending_regenerate_of_an_old_message_survives_deactivation()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        for (var i = 0; i < 130; i++)
        {
            await test.PostAndWaitForReply($"message {i}");
        }

        test.Model.Answer = null;
        var again = await Regenerate(test, 4);
        FakeModelCall broken;
        do
        {
            broken = await test.Model.NextCall();
        }
        while (broken.Closed.IsCompleted);

        await test.Deactivate();
        await test.Room.Wake();
        var call = await test.Model.NextCall();
        Assert.Equal(["user message 0", "assistant re message 0", "user message 1"], call.Context);
        call.Answer("anew");
        var (text, end) = await test.Room.ReadToEnd(again.Reply.Id);
        Assert.Equal(("anew", 2), (text, end.Attempt));
    }

    [Fact]
    public async Task A_regenerate_while_a_reply_is_pending_is_refused()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        await test.Post("two");
        Assert.IsType<PostOutcome.ReplyPending>(await test.Room.Regenerate(2, "r"));
        (await test.Model.NextCall()).Answer("first");
        await test.Room.ReadToEnd(2);

        var both = await Task.WhenAll(test.Room.Regenerate(2, "a"), test.Room.Regenerate(2, "b"));
        Assert.Single(both.OfType<PostOutcome.Accepted>());
        Assert.Single(both.OfType<PostOutcome.ReplyPending>());
        Assert.IsType<PostOutcome.ReplyPending>(await test.Room.Regenerate(2, "c"));
        Assert.IsType<PostOutcome.ReplyPending>(await test.Room.Regenerate(5, "d"));
    }

    [Fact]
    public async Task Only_replies_can_be_regenerated()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        Assert.IsType<PostOutcome.ReplyAbsent>(await test.Room.Regenerate(1, "a"));
        Assert.IsType<PostOutcome.ReplyAbsent>(await test.Room.Regenerate(3, "b"));
        var nowhere = cluster.Grains.Chatroom(test.Key with { RoomId = Guid.CreateVersion7() });
        Assert.IsType<PostOutcome.RoomAbsent>(await nowhere.Regenerate(2, "c"));
    }

    [Fact]
    public async Task A_regenerate_repeated_with_its_key_returns_the_same_turn()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await test.PostAndWaitForReply("one");
        var both = await Task.WhenAll(test.Room.Regenerate(2, "r"), test.Room.Regenerate(2, "r"));
        Assert.Equal([3L, 3L], both.Select(outcome => Assert.IsType<PostOutcome.Accepted>(outcome).Reply.Id));
        await test.Room.ReadToEnd(3);
        await test.Deactivate();

        var repeat = await Regenerate(test, 2, "r");
        Assert.Equal((1, 3, MessageStatus.Completed), (repeat.Message.Id, repeat.Reply.Id, repeat.Reply.Status));
        Assert.Equal(2, test.Model.Calls.Count);
        Assert.Equal(2, (await cluster.Grains.User(test.Key.UserId).GetUsage())!.Used);
    }

    [Fact]
    public async Task A_regenerate_repeated_while_its_reply_is_pending_is_not_a_conflict()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        var first = await Regenerate(test, 2, "r");
        Assert.Equal(first.Reply.Id, (await Regenerate(test, 2, "r")).Reply.Id);
    }

    [Fact]
    public async Task A_key_cannot_be_used_for_both_a_post_and_a_regenerate()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await test.Room.ReadToEnd((await test.Post("one", "posted")).Reply.Id);
        await test.Room.ReadToEnd((await Regenerate(test, 2, "regenerated")).Reply.Id);

        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Regenerate(2, "posted"));
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Regenerate(3, "regenerated"));
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Post(new NewMessage("one", "regenerated")));
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task A_regenerate_with_unknown_outcome_can_be_repeated(string kind)
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        cluster.RoomStoreFaults.NextAccept = kind == "stored" ? FaultInjectingRoomStore.StoredWithUnknownOutcome : FaultInjectingRoomStore.NotStoredWithUnknownOutcome;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Regenerate(2, "r"));
        Assert.Equal(3, (await Regenerate(test, 2, "r")).Reply.Id);
        await Answer(test, 3, "anew", ["user one"]);
        Assert.Equal(2, (await cluster.Grains.User(test.Key.UserId).GetUsage())!.Used);
    }

    [Fact]
    public async Task A_regenerate_waits_in_the_queue_with_posts()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("one", "first");
        await test.Post("two");
        Assert.Equal(1, (await Regenerate(test, 2)).Position);
        Assert.Equal(2, (await test.Post("three")).Position);
        (await test.Model.NextCall()).Answer("second");
        await Answer(test, 5, "first anew", ["user one"]);
        await Answer(test, 7, "third", ["user one", "assistant first anew", "user three"]);
    }

    // As text: two records with equal lists of siblings are not equal.
    private static async Task<IEnumerable<string>> Read(RoomDriver test) => (await test.Room.Read(100, before: null))!.Messages.Select(
        message => $"{(message with { Siblings = default }).GetHashCode()} {(message.Siblings.IsDefault ? "" : string.Join(' ', message.Siblings))}");

    private static async Task<PostOutcome.Accepted> Regenerate(RoomDriver test, long replyId, string? key = null) =>
        Assert.IsType<PostOutcome.Accepted>(await test.Room.Regenerate(replyId, key ?? $"regenerate {replyId}"));

    private static async Task Answer(RoomDriver test, long replyId, string text, string[] expectedContext)
    {
        var call = await test.Model.NextCall();
        Assert.Equal(expectedContext, call.Context);
        call.Answer(text);
        Assert.Equal(text, (await test.Room.ReadToEnd(replyId)).Text);
    }

    private static async Task<IEnumerable<long?>> SupersededBy(RoomDriver test) =>
        (await test.Room.Read(100, before: null))!.Messages.Select(message => message.SupersededBy);
}
