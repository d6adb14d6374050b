using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class ReplyFollowTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task Readers_from_any_cursor_reconstruct_the_stored_text()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        var readers = Enumerable.Range(0, 20).Select(_ => test.Room.ReadToEnd(2)).ToList();
        foreach (var word in new[] { "a", " b", " \uD83D", "\uDE00 c", " d" })
        {
            call.SendText(word);
            readers.Add(test.Room.ReadToEnd(2));
        }

        call.Finish();
        var ends = await Task.WhenAll(readers);
        Assert.All(ends, end => Assert.Equal("a b 😀 c d", end.Text));

        var late = await test.Room.Follow(2, new ReplyCursor(1, 3), TestContext.Current.CancellationToken);
        Assert.Equal((" 😀 c d", false, new ReplyCursor(1, 10)), (late!.Text, late.IsReset, late.Next));
        Assert.NotNull(late.FinishedReply);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, 99)]
    [InlineData(1, 2)]
    public async Task A_cursor_that_does_not_match_gets_the_whole_text_with_reset(int attempt, int offset)
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.SendText("a😀b");
        await test.Room.ReadUntil(2, "a😀b");
        var live = await test.Room.Follow(2, new ReplyCursor(attempt, offset), TestContext.Current.CancellationToken);
        Assert.Equal((true, "a😀b", new ReplyCursor(1, 4)), (live!.IsReset, live.Text, live.Next));

        call.Finish();
        await test.Room.ReadToEnd(2);
        var finished = await test.Room.Follow(2, new ReplyCursor(attempt, offset), TestContext.Current.CancellationToken);
        Assert.Equal((true, "a😀b", new ReplyCursor(1, 4)), (finished!.IsReset, finished.Text, finished.Next));
    }

    [Fact]
    public async Task A_long_text_comes_in_pieces_that_end_between_code_points()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        var text = "x" + string.Concat(Enumerable.Repeat("😀", IChatroomGrain.MaxChunkLength));
        call.SendText(text);
        await test.Room.ReadUntil(2, text);
        var first = await test.Room.Follow(2, new ReplyCursor(1, 0), TestContext.Current.CancellationToken);
        Assert.Equal((text[..(IChatroomGrain.MaxChunkLength - 1)], new ReplyCursor(1, IChatroomGrain.MaxChunkLength - 1)), (first!.Text, first.Next));

        call.Finish();
        Assert.Equal(text, (await test.Room.ReadToEnd(2)).Text);
        var part = await test.Room.Follow(2, new ReplyCursor(0, 0), TestContext.Current.CancellationToken);
        Assert.Equal((true, first.Text, first.Next), (part!.IsReset, part.Text, part.Next));
        Assert.Null(part.FinishedReply);
    }

    [Fact]
    public async Task A_reader_that_disconnects_does_not_end_the_reply()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        using var leaving = new CancellationTokenSource();
        var reader = test.Room.Follow(2, new ReplyCursor(1, 0), leaving.Token);
        await leaving.CancelAsync();
        await ((Task)reader).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        call.Answer("still here");
        Assert.Equal("still here", (await test.Room.ReadToEnd(2)).Text);
    }

    [Fact]
    public async Task Only_replies_can_be_followed()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await test.Post("one");
        var token = TestContext.Current.CancellationToken;
        Assert.Null(await test.Room.Follow(1, default, token));
        Assert.Null(await test.Room.Follow(3, default, token));
        Assert.Null(await test.Room.Follow(-1, default, token));
    }

    [Fact]
    public async Task A_room_is_read_as_it_is_at_this_moment()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.SendText("so far");
        await test.Room.ReadUntil(2, "so far");
        var view = await test.Room.Read(100, before: null);
        Assert.Equal(["one", "so far"], view!.Messages.Select(message => message.Content));
        Assert.Equal(MessageStatus.Generating, view.Messages[1].Status);

        call.Finish();
        await test.Room.ReadToEnd(2);
        view = await test.Room.Read(100, before: null);
        Assert.Equal(MessageStatus.Completed, view!.Messages[1].Status);
    }

    [Fact]
    public async Task Old_messages_are_read_from_the_store_and_new_ones_from_memory()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        for (var i = 0; i < 130; i++)
        {
            var turn = await test.Post($"q{i}", $"k{i}");
            await test.Room.ReadToEnd(turn.Reply.Id);
        }

        await test.Deactivate();
        for (var before = 261; before > 1; before -= 60)
        {
            var page = await test.Room.Read(60, before);
            var ids = page!.Messages.Select(message => (int)message.Id).ToList();
            Assert.Equal(Enumerable.Range(Math.Max(1, before - 60), Math.Min(60, before - 1)), ids);
            Assert.Equal(ids[0] > 1, page.HasOlder);
        }

        Assert.Equal("re q0", (await test.Room.ReadMessage(2))!.Content);
        Assert.Equal("re q0", (await test.Room.ReadToEnd(2)).Text);
        Assert.Null(await test.Room.ReadMessage(261));
    }
}
