using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class ThoughtTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task Thoughts_are_followed_beside_the_text_and_stored_with_the_reply()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.SendThought("hm ");
        var thought = await Follow(test.Room, new ReplyCursor(1, 0));
        Assert.Equal(("hm ", "", new ReplyCursor(1, 3)), (thought.Thought, thought.Text, thought.Next));
        Assert.Equal("hm ", (await test.Room.ReadMessage(2))!.Thoughts);

        call.SendText("yes");
        var text = await Follow(test.Room, thought.Next);
        Assert.Equal(("", "yes", new ReplyCursor(1, 6)), (text.Thought, text.Text, text.Next));
        call.Finish();
        var end = await Follow(test.Room, text.Next);
        Assert.Equal(("hm ", "yes", MessageStatus.Completed), (end.FinishedReply!.Thoughts, end.FinishedReply.Content, end.FinishedReply.Status));
        Assert.Equal(end.FinishedReply.Parts.ToArray(), (await test.Room.ReadMessage(2))!.Parts.ToArray());
    }

    [Fact]
    public async Task A_call_that_fails_after_thoughts_is_repeated_and_its_readers_begin_anew()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var first = await test.Model.NextCall();
        first.SendThought("the first thought");
        var seen = await Follow(test.Room, new ReplyCursor(1, 0));
        first.Fail(ModelFault.Unavailable);

        var second = await test.Model.NextCall();
        second.SendThought("another one");
        second.Answer("yes");
        var (thoughts, text, wasReset) = ("", "", false);
        for (var cursor = seen.Next; ;)
        {
            var progress = await Follow(test.Room, cursor);
            (thoughts, text) = progress.IsReset ? ("", "") : (thoughts, text);
            wasReset |= progress.IsReset;
            (thoughts, text, cursor) = (thoughts + progress.Thought, text + progress.Text, progress.Next);
            if (progress.FinishedReply is not null)
            {
                break;
            }
        }

        Assert.Equal(("another one", "yes", true), (thoughts, text, wasReset));
        var late = await Follow(test.Room, seen.Next);
        Assert.Equal((true, "another one"), (late.IsReset, late.Thought));
    }

    [Fact]
    public async Task A_reply_that_is_stopped_while_the_model_thinks_keeps_its_thoughts()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        (await test.Model.NextCall()).SendThought("hm");
        await Follow(test.Room, new ReplyCursor(1, 0));
        var stopped = await test.Room.Stop(2);
        Assert.Equal((MessageStatus.Stopped, "", "hm"), (stopped!.Status, stopped.Content, stopped.Thoughts));
    }

    private static async Task<ReplyProgress> Follow(IChatroomGrain room, ReplyCursor from)
    {
        using var deadline = Deadline.Start();
        while (true)
        {
            var progress = await room.Follow(2, from, deadline.Token);
            if (progress is { Text: "", Thought: "", IsReset: false, FinishedReply: null })
            {
                continue;
            }

            return progress!;
        }
    }
}
