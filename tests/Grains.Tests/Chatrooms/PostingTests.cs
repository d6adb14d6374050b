using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class PostingTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task A_message_is_stored_with_a_queued_reply_before_it_is_acknowledged()
    {
        await using var test = await cluster.NewRoom();
        var accepted = await test.Post("hello");

        Assert.Equal((1, Sender.User, "hello", MessageStatus.Completed), Facts(accepted.Message));
        Assert.Equal((2, Sender.Ai, "", MessageStatus.Queued), Facts(accepted.Reply));
        Assert.Equal((1, 1, 0), (accepted.Reply.ReplyTo, accepted.Reply.Attempt, accepted.Position));

        var call = await test.Model.NextCall();
        call.SendText("Hi ");
        call.Answer("there.");
        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal("Hi there.", text);
        Assert.Equal((2, Sender.Ai, "Hi there.", MessageStatus.Completed), Facts(end));
        Assert.Equal(("fake-1", new TokenUsage(3, 5)), (end.Model, end.Usage));

        await test.Deactivate();
        Assert.Equal(end, await test.Room.ReadMessage(2));
        Assert.Single(test.Model.Calls);
    }

    [Fact]
    public async Task The_model_is_sent_the_whole_conversation()
    {
        await using var test = await cluster.NewRoom(systemPrompt: "Be brief.");
        await test.PostAndAnswer("one", "first");
        await test.Post("two");
        var call = await test.Model.NextCall();
        Assert.Equal(["user one", "assistant first", "user two"], call.Context);
        Assert.Equal("Be brief.", call.Options?.Instructions);
        call.Answer("second");
        await test.Room.ReadToEnd(4);
    }

    [Fact]
    public async Task Messages_posted_at_once_are_answered_one_at_a_time_in_the_order_of_acceptance()
    {
        await using var test = await cluster.NewRoom();
        var accepted = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => test.Post($"q{i}")));
        var inOrder = accepted.OrderBy(turn => turn.Message.Id).ToList();
        Assert.Equal(Enumerable.Range(0, 8), inOrder.Select(turn => turn.Position).Order());

        foreach (var turn in inOrder)
        {
            var call = await test.Model.NextCall();
            Assert.Equal(turn.Message.Content, call.Question);
            Assert.All(test.Model.Calls.Where(other => other != call), other => Assert.True(other.Closed.IsCompleted));
            call.Answer($"answer to {turn.Message.Content}");
            var (text, _) = await test.Room.ReadToEnd(turn.Reply.Id);
            Assert.Equal($"answer to {turn.Message.Content}", text);
        }

        var view = await test.Room.Read(100, before: null);
        Assert.Equal(Enumerable.Range(1, 16).Select(id => (long)id), view!.Messages.Select(message => message.Id));
    }

    [Fact]
    public async Task Rooms_do_not_wait_for_each_other()
    {
        await using var test = await cluster.NewRoom();
        var rooms = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => test.CreateAnotherRoom()));
        await Task.WhenAll(rooms.Select(room => room.Post(new NewMessage("hello", "k"))));

        // All forty calls are open at once before the first is answered.
        var calls = new List<FakeModelCall>();
        for (var i = 0; i < rooms.Length; i++)
        {
            calls.Add(await test.Model.NextCall());
        }

        calls.ForEach(call => call.Answer("hi"));
        var ends = await Task.WhenAll(rooms.Select(room => room.ReadToEnd(2)));
        Assert.All(ends, end => Assert.Equal("hi", end.Text));
    }

    [Fact]
    public async Task The_same_key_returns_the_same_turn_in_any_state()
    {
        await using var test = await cluster.NewRoom();
        var both = await Task.WhenAll(test.Post("hello", "key"), test.Post("hello", "key"));
        Assert.Equal(both[0], both[1]);

        var call = await test.Model.NextCall();
        call.SendText("Hi");
        await test.Room.ReadUntil(2, "Hi");
        var during = await test.Post("hello", "key");
        Assert.Equal((2, Sender.Ai, "Hi", MessageStatus.Generating), Facts(during.Reply));

        call.Finish();
        await test.Room.ReadToEnd(2);
        await test.Deactivate();
        var after = await test.Post("hello", "key");
        Assert.Equal((2, Sender.Ai, "Hi", MessageStatus.Completed), Facts(after.Reply));
        Assert.Single(test.Model.Calls);
    }

    [Fact]
    public async Task The_same_key_with_another_content_is_refused()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await test.Post("hello", "key");
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Post(new NewMessage("other", "key")));
        await test.Deactivate();
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Post(new NewMessage("other", "key")));
    }

    [Fact]
    public async Task A_repeat_returns_its_turn_while_a_different_request_with_the_same_key_is_in_progress()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        var first = await test.Post("hello", "key");
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.RoomStoreFaults.NextAccept = async store =>
        {
            asked.SetResult();
            await answer.Task;
            return await store();
        };
        var stranger = test.Room.Post(new NewMessage("other", "key"));
        await asked.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        var repeat = test.Post("hello", "key");

        // Interleaves with both, and comes after the repeat.
        await test.Room.ReadMessage(1);
        answer.SetResult();
        Assert.IsType<PostOutcome.KeyReused>(await stranger);
        Assert.Equal(first.Message, (await repeat).Message);
    }

    [Fact]
    public async Task A_repeat_does_not_delay_new_messages()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        var first = await test.Post("a", "ka");
        await test.Room.ReadToEnd(first.Reply.Id);

        var all = await Task.WhenAll(test.Post("b", "kb"), test.Post("a", "ka"), test.Post("c", "kc"));
        Assert.Equal(first.Message.Id, all[1].Message.Id);
        Assert.Equal(3, all.Select(turn => turn.Message.Id).Distinct().Count());
        foreach (var turn in all)
        {
            Assert.Equal($"re {turn.Message.Content}", (await test.Room.ReadToEnd(turn.Reply.Id)).Text);
        }
    }

    [Fact]
    public async Task Twenty_turns_may_be_pending_and_a_repeat_is_never_refused()
    {
        await using var test = await cluster.NewRoom();
        var accepted = await Task.WhenAll(Enumerable.Range(0, 21).Select(i => test.Post($"q{i}", $"k{i}")));

        var refused = Assert.IsType<PostOutcome.QueueFull>(await test.Room.Post(new NewMessage("more", "more")));
        Assert.Equal(20, refused.Limit);
        var repeat = await test.Post("q7", "k7");
        Assert.Equal(accepted[7].Message, repeat.Message);

        test.Model.Answer = _ => "hi";
        (await test.Model.NextCall()).Answer("hi");
        await test.Room.ReadToEnd(accepted.Max(turn => turn.Reply.Id));
        await test.Post("more", "more");
    }

    private static (long Id, Sender Sender, string Content, MessageStatus Status) Facts(RoomMessage message) =>
        (message.Id, message.Sender, message.Content, message.Status);
}
