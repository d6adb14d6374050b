using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Tests.Hosting;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class ReplyEndTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
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
        Assert.Equal(["user two"], call.Context);
        call.Answer("second");
        Assert.Equal("second", (await test.Room.ReadToEnd(4)).Text);
    }

    [Theory]
    [InlineData(ModelFault.Unavailable)]
    [InlineData(ModelFault.Truncated)]
    [InlineData(ModelFault.Timeout)]
    [InlineData(ModelFault.Protocol)]
    public async Task A_fault_after_text_keeps_the_text_as_incomplete(ModelFault fault)
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.SendText("half an ans");
        await test.Room.ReadUntil(2, "half an ans");
        call.Fail(fault);
        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Incomplete, EndReasons.Truncated, "half an ans"), (end.Status, end.Reason, end.Content));
        Assert.Equal(end.Content, text);
        Assert.Single(test.Model.Calls);
    }

    [Fact]
    public async Task A_transient_fault_before_any_text_is_retried_invisibly()
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
    public async Task A_reply_fails_after_four_model_calls()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        for (var i = 0; i < 4; i++)
        {
            (await test.Model.NextCall()).Fail(ModelFault.Unavailable);
        }

        var (_, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Failed, EndReasons.ModelUnavailable), (end.Status, end.Reason));
        Assert.Equal(4, test.Model.Calls.Count);
    }

    [Fact]
    public async Task A_reply_is_shown_as_queued_between_two_calls()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        (await test.Model.NextCall()).Fail(ModelFault.Unavailable, TimeSpan.FromSeconds(1));
        await test.WaitUntil(async () => (await test.Room.ReadMessage(2))!.Status is MessageStatus.Queued);
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
    public async Task The_finish_reason_of_the_model_decides_the_status(string finish, string text, MessageStatus status, string? reason)
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.SendText(text);
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
    public async Task An_empty_reply_is_retried_invisibly_and_fails_as_empty(string finish, string text)
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        for (var i = 0; i < 4; i++)
        {
            var call = await test.Model.NextCall();
            call.SendText(text);
            call.Finish(new ChatFinishReason(finish));
        }

        var (shown, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Failed, EndReasons.Empty, "", ""), (end.Status, end.Reason, end.Content, shown));
        Assert.Equal(4, test.Model.Calls.Count);
    }

    [Fact]
    public async Task Leading_white_space_is_held_back_until_the_first_visible_text()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.SendText("\n ");
        call.Fail(ModelFault.Truncated);
        call = await test.Model.NextCall();
        call.SendText("\n");
        call.SendText("\n");
        call.SendText(" word");
        await test.Room.ReadUntil(2, "\n\n word");
        call.Finish();
        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal(("\n\n word", MessageStatus.Completed, "\n\n word"), (text, end.Status, end.Content));
    }

    [Fact]
    public async Task A_prompt_that_is_too_long_is_shortened_down_to_the_question()
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
            told.Add(call.Context.Count);
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
            call.SendText(new string('x', 1024));
        }

        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Incomplete, EndReasons.Length), (end.Status, end.Reason));
        Assert.Equal(512 * 1024, text.Length);
        await call.Closed.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stopping_keeps_the_text_so_far_and_closes_the_model_call()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.SendText("up to here");
        await test.Room.ReadUntil(2, "up to here");

        var stopped = await test.Room.Stop(2);
        Assert.Equal((MessageStatus.Stopped, "up to here"), (stopped!.Status, stopped.Content));
        await call.Closed.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        call.SendText("and no further");
        Assert.Equal(stopped, await test.Room.Stop(2));
        await test.Deactivate();
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
        Assert.Equal(["user one", "assistant first", "user three"], third.Context);
        third.Answer("third");
        await test.Room.ReadToEnd(6);
        Assert.Equal(2, test.Model.Calls.Count);
    }

    [Fact]
    public async Task Stopping_something_that_is_not_a_reply_has_no_effect()
    {
        await using var test = await cluster.NewRoom();
        Assert.Null(await test.Room.Stop(2));
        test.Model.Answer = _ => "hi";
        await test.Post("one");
        Assert.Null(await test.Room.Stop(1));
    }
}
