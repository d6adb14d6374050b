using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Tests.Hosting;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class EndingTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    [Theory]
    [InlineData(ModelFault.Config, EndReasons.ModelConfig)]
    [InlineData(ModelFault.Rejected, EndReasons.ModelConfig)]
    [InlineData(ModelFault.Timeout, EndReasons.ModelTimeout)]
    [InlineData(ModelFault.Protocol, EndReasons.ModelError)]
    public async Task A_fault_before_any_text_fails_the_reply_and_the_next_message_is_answered(ModelFault fault, string reason)
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        (await test.Model.NextCall()).Fail(fault);
        var (_, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Failed, reason, ""), (end.Status, end.Reason, end.Content));

        await test.Post("two");
        var call = await test.Model.NextCall();
        Assert.Equal(["user two"], call.Told);
        call.Answer("second");
        Assert.Equal("second", (await test.Room.ReadToEnd(4)).Text);
    }

    [Theory]
    [InlineData(ModelFault.Unavailable)]
    [InlineData(ModelFault.Truncated)]
    [InlineData(ModelFault.Timeout)]
    [InlineData(ModelFault.Protocol)]
    public async Task A_fault_after_text_keeps_the_text_and_never_calls_it_whole(ModelFault fault)
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.Say("half an ans");
        await test.Room.ReadUntil(2, "half an ans");
        call.Fail(fault);
        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Incomplete, EndReasons.Truncated, "half an ans"), (end.Status, end.Reason, end.Content));
        Assert.Equal(end.Content, text);
        Assert.Single(test.Model.All);
    }

    [Fact]
    public async Task A_passing_fault_before_any_text_is_tried_again_unseen()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        (await test.Model.NextCall()).Fail(ModelFault.Unavailable);
        (await test.Model.NextCall()).Fail(ModelFault.Truncated);
        (await test.Model.NextCall()).Answer("at last");
        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal(("at last", MessageStatus.Completed, 1), (text, end.Status, end.Attempt));
    }

    [Fact]
    public async Task Four_calls_are_all_that_a_reply_gets()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        for (var i = 0; i < 4; i++)
        {
            (await test.Model.NextCall()).Fail(ModelFault.Unavailable);
        }

        var (_, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Failed, EndReasons.ModelUnavailable), (end.Status, end.Reason));
        Assert.Equal(4, test.Model.All.Count);
    }

    [Fact]
    public async Task A_reply_is_shown_as_queued_between_two_calls()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        (await test.Model.NextCall()).Fail(ModelFault.Unavailable, TimeSpan.FromSeconds(1));
        await test.Until(async () => (await test.Room.ReadMessage(2))!.Status is MessageStatus.Queued);
        (await test.Model.NextCall()).Answer("yes");
        await test.Room.ReadToEnd(2);
    }

    [Theory]
    [InlineData("length", "some", MessageStatus.Incomplete, EndReasons.Length)]
    [InlineData("length", "", MessageStatus.Failed, EndReasons.Length)]
    [InlineData("content_filter", "some", MessageStatus.Incomplete, EndReasons.Safety)]
    [InlineData("content_filter", "", MessageStatus.Failed, EndReasons.Safety)]
    [InlineData("other", "some", MessageStatus.Incomplete, EndReasons.Truncated)]
    [InlineData("content_filter", " \n", MessageStatus.Failed, EndReasons.Safety)]
    [InlineData("stop", " \n\u200b some ", MessageStatus.Completed, null)]
    public async Task The_models_own_end_decides_the_state(string finish, string text, MessageStatus status, string? reason)
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.Say(text);
        call.Finish(new ChatFinishReason(finish));
        var (_, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((status, reason, status is MessageStatus.Failed ? "" : text), (end.Status, end.Reason, end.Content));
    }

    [Theory]
    [InlineData("stop", "")]
    [InlineData("tool_calls", "")]
    [InlineData("other", "")]
    [InlineData("stop", " \n\u200b")]
    [InlineData("other", "\t")]
    [InlineData("length", "\n\n\n")]
    public async Task An_answer_without_a_word_is_asked_for_again_unseen_and_fails_as_empty(string finish, string text)
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        for (var i = 0; i < 4; i++)
        {
            var call = await test.Model.NextCall();
            call.Say(text);
            call.Finish(new ChatFinishReason(finish));
        }

        var (shown, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Failed, EndReasons.Empty, "", ""), (end.Status, end.Reason, end.Content, shown));
        Assert.Equal(4, test.Model.All.Count);
    }

    [Fact]
    public async Task White_space_at_the_start_is_shown_with_the_first_word()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.Say("\n ");
        call.Fail(ModelFault.Truncated);
        call = await test.Model.NextCall();
        call.Say("\n");
        call.Say("\n");
        call.Say(" word");
        await test.Room.ReadUntil(2, "\n\n word");
        call.Finish();
        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal(("\n\n word", MessageStatus.Completed, "\n\n word"), (text, end.Status, end.Content));
    }

    [Fact]
    public async Task A_prompt_that_is_too_long_is_shortened_at_last_to_the_question()
    {
        await using var test = await cluster.NewRoom();
        for (var turn = 1; turn <= 4; turn++)
        {
            await test.PostAndAnswer($"q{turn}", $"a{turn}");
        }

        await test.Post("long");
        var told = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            var call = await test.Model.NextCall();
            told.Add(call.Told.Count);
            call.Fail(ModelFault.TooLong);
        }

        var (_, end) = await test.Room.ReadToEnd(10);
        Assert.Equal((MessageStatus.Failed, EndReasons.TooLong), (end.Status, end.Reason));
        Assert.Equal([9, 5, 3, 1], told);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_at_the_limit_and_the_connection_closed()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        for (var i = 0; i < 600; i++)
        {
            call.Say(new string('x', 1024));
        }

        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Incomplete, EndReasons.Length), (end.Status, end.Reason));
        Assert.Equal(512 * 1024, text.Length);
        await call.Closed.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stopping_keeps_what_has_arrived_and_closes_the_connection()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.Say("up to here");
        await test.Room.ReadUntil(2, "up to here");

        var stopped = await test.Room.Stop(2);
        Assert.Equal((MessageStatus.Stopped, "up to here"), (stopped!.Status, stopped.Content));
        await call.Closed.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        call.Say("and no further");
        Assert.Equal(stopped, await test.Room.Stop(2));
        await test.Forget();
        Assert.Equal(stopped, await test.Room.ReadMessage(2));
    }

    [Fact]
    public async Task Stopping_a_waiting_turn_takes_it_out_of_the_queue()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        await test.Post("two");
        await test.Post("three");
        var first = await test.Model.NextCall();
        var stopped = await test.Room.Stop(4);
        Assert.Equal((MessageStatus.Stopped, ""), (stopped!.Status, stopped.Content));

        first.Answer("first");
        var third = await test.Model.NextCall();
        Assert.Equal(["user one", "assistant first", "user three"], third.Told);
        third.Answer("third");
        await test.Room.ReadToEnd(6);
        Assert.Equal(2, test.Model.All.Count);
    }

    [Fact]
    public async Task There_is_nothing_to_stop_where_there_is_no_reply()
    {
        await using var test = await cluster.NewRoom();
        Assert.Null(await test.Room.Stop(2));
        test.Model.Answer = _ => "hi";
        await test.Post("one");
        Assert.Null(await test.Room.Stop(1));
    }
}
