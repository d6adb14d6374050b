using GeminiChat.Grains.Model;
using GeminiChat.Fakes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Silo.Tests.Gemini;

public sealed class GeminiDeadlineTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Finishing = TimeSpan.FromSeconds(15);
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_model_that_sends_nothing_is_timed_out(bool sendsHeaders)
    {
        await using var pair = await GeminiTestHarness.Start(
            sendsHeaders ? Script.SilenceAfterHeaders() : Script.Silence(), _time);

        var asking = pair.Ask();
        var request = await pair.Fake.Calls.WaitForCall(1);
        _time.Advance(Idle);

        Assert.Equal(ModelFault.Timeout, (await asking).Fault);
        Assert.True(await request.WasClosedByClient.WaitAsync(GeminiCallLog.DefaultTimeout, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_model_that_falls_silent_is_timed_out()
    {
        var hold = new ControlledReply();
        await using var pair = await GeminiTestHarness.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await SendAndRead(updates, hold, "one");

        var next = updates.MoveNextAsync();
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        var silent = await Assert.ThrowsAsync<ModelException>(async () => await next);
        Assert.Equal(ModelFault.Timeout, silent.Fault);
    }

    [Fact]
    public async Task An_endless_reply_is_ended_by_the_total_timeout()
    {
        var hold = new ControlledReply();
        await using var pair = await GeminiTestHarness.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        for (var piece = 0; piece < 6; piece++)
        {
            await SendAndRead(updates, hold, "more");
            _time.Advance(TimeSpan.FromSeconds(50));
        }

        var late = await Assert.ThrowsAsync<ModelException>(async () => await updates.MoveNextAsync());
        Assert.Equal(ModelFault.Timeout, late.Fault);
    }

    [Fact]
    public async Task A_model_that_drips_bytes_is_ended_by_the_total_timeout()
    {
        await using var fake = await FakeGemini.Start(new FakeGeminiOptions { Time = _time });
        fake.ReplyAlways(Script.ByteByByte(TimeSpan.FromSeconds(1)));
        using var client = GeminiTestHarness.ClientOf(fake.BaseUrl, _time);

        var asking = StreamResult.ReadAll(client.GetStreamingResponseAsync(
            [new(ChatRole.User, "hi")],
            cancellationToken: TestContext.Current.CancellationToken));
        await fake.Calls.WaitForCalls(1);
        while (!asking.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(ModelFault.Timeout, (await asking).Fault);
    }

    [Fact]
    public async Task Time_spent_by_the_reader_does_not_count_as_silence()
    {
        var hold = new ControlledReply();
        await using var pair = await GeminiTestHarness.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await SendAndRead(updates, hold, "one");

        _time.Advance(Idle + Idle);

        await SendAndRead(updates, hold, "two");
    }

    [Fact]
    public async Task After_a_finish_reason_the_end_of_the_stream_is_awaited_for_15_seconds()
    {
        var hold = new ControlledReply();
        await using var pair = await GeminiTestHarness.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await SendAndRead(updates, hold, "one", "STOP");

        var last = updates.MoveNextAsync();
        _time.Advance(Finishing - TimeSpan.FromSeconds(1));
        Assert.False(last.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await last);
        Assert.Equal(ChatFinishReason.Stop, updates.Current.FinishReason);
    }

    [Fact]
    public async Task Text_long_after_a_finish_reason_belongs_to_the_reply()
    {
        var hold = new ControlledReply();
        await using var pair = await GeminiTestHarness.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await SendAndRead(updates, hold, "First.", "STOP");

        var next = updates.MoveNextAsync();
        _time.Advance(Finishing - TimeSpan.FromSeconds(1));
        await hold.EndWith(Script.Event(new ReplyChunk { Text = "Second.", FinishReason = "STOP" }));

        Assert.True(await next);
        Assert.Equal("Second.", updates.Current.Text);
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal(ChatFinishReason.Stop, updates.Current.FinishReason);
        Assert.False(await updates.MoveNextAsync());
    }

    [Fact]
    public async Task After_text_that_followed_a_finish_reason_silence_is_a_timeout()
    {
        var hold = new ControlledReply();
        await using var pair = await GeminiTestHarness.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await SendAndRead(updates, hold, "First.", "STOP");
        await SendAndRead(updates, hold, "Second.", "STOP");

        var next = updates.MoveNextAsync();
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        var silent = await Assert.ThrowsAsync<ModelException>(async () => await next);
        Assert.Equal(ModelFault.Timeout, silent.Fault);
    }

    private static async Task SendAndRead(
        IAsyncEnumerator<ChatResponseUpdate> updates, ControlledReply hold, string text, string? finish = null)
    {
        var next = updates.MoveNextAsync();
        await hold.PlayPart(Script.Event(new ReplyChunk { Text = text, FinishReason = finish }));
        Assert.True(await next);
        Assert.Equal(text, updates.Current.Text);
    }
}
