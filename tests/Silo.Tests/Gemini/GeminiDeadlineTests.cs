using GeminiChat.Grains.Model;
using GeminiChat.Played;
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
    public async Task A_model_that_says_nothing_is_left_after_a_while(bool sendsHeaders)
    {
        await using var pair = await GeminiPair.Start(
            sendsHeaders ? Script.SilenceAfterHeaders() : Script.Silence(), _time);

        var asking = pair.Ask();
        var request = await pair.Played.Calls.Begun(1);
        _time.Advance(Idle);

        Assert.Equal(ModelFault.Timeout, (await asking).Fault);
        Assert.True(await request.ClosedEarly.WaitAsync(CallLog.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_model_that_falls_silent_is_left_after_a_while()
    {
        var hold = new Hold();
        await using var pair = await GeminiPair.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await Hear(updates, hold, "one");

        var next = updates.MoveNextAsync();
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        var silent = await Assert.ThrowsAsync<ModelException>(async () => await next);
        Assert.Equal(ModelFault.Timeout, silent.Fault);
    }

    [Fact]
    public async Task A_model_that_never_ends_is_left_in_the_end()
    {
        var hold = new Hold();
        await using var pair = await GeminiPair.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        for (var piece = 0; piece < 6; piece++)
        {
            await Hear(updates, hold, "more");
            _time.Advance(TimeSpan.FromSeconds(50));
        }

        var late = await Assert.ThrowsAsync<ModelException>(async () => await updates.MoveNextAsync());
        Assert.Equal(ModelFault.Timeout, late.Fault);
    }

    [Fact]
    public async Task A_model_that_drips_bytes_is_left_in_the_end()
    {
        await using var played = await PlayedGemini.Start(new PlayedGeminiOptions { Time = _time });
        played.Always(Script.Drip(TimeSpan.FromSeconds(1)));
        using var client = GeminiPair.ClientOf(played.BaseUrl, _time);

        var asking = Heard.From(client.GetStreamingResponseAsync(
            [new(ChatRole.User, "hi")],
            cancellationToken: TestContext.Current.CancellationToken));
        await played.Calls.UntilBegun(1);
        while (!asking.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(ModelFault.Timeout, (await asking).Fault);
    }

    [Fact]
    public async Task A_slow_reader_is_not_taken_for_a_silent_model()
    {
        var hold = new Hold();
        await using var pair = await GeminiPair.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await Hear(updates, hold, "one");

        _time.Advance(Idle + Idle);

        await Hear(updates, hold, "two");
    }

    [Fact]
    public async Task An_answer_that_is_whole_waits_15_seconds_for_the_end_of_the_stream()
    {
        var hold = new Hold();
        await using var pair = await GeminiPair.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await Hear(updates, hold, "one", "STOP");

        var last = updates.MoveNextAsync();
        _time.Advance(Finishing - TimeSpan.FromSeconds(1));
        Assert.False(last.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await last);
        Assert.Equal(ChatFinishReason.Stop, updates.Current.FinishReason);
    }

    [Fact]
    public async Task Text_that_comes_well_after_a_finish_belongs_to_the_answer()
    {
        var hold = new Hold();
        await using var pair = await GeminiPair.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await Hear(updates, hold, "First.", "STOP");

        var next = updates.MoveNextAsync();
        _time.Advance(Finishing - TimeSpan.FromSeconds(1));
        await hold.EndWith(Script.Event(new Piece { Text = "Second.", FinishReason = "STOP" }));

        Assert.True(await next);
        Assert.Equal("Second.", updates.Current.Text);
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal(ChatFinishReason.Stop, updates.Current.FinishReason);
        Assert.False(await updates.MoveNextAsync());
    }

    [Fact]
    public async Task Where_text_followed_a_finish_silence_is_no_end()
    {
        var hold = new Hold();
        await using var pair = await GeminiPair.Start(hold.Script, _time);
        await using var updates = pair.Stream().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await Hear(updates, hold, "First.", "STOP");
        await Hear(updates, hold, "Second.", "STOP");

        var next = updates.MoveNextAsync();
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        var silent = await Assert.ThrowsAsync<ModelException>(async () => await next);
        Assert.Equal(ModelFault.Timeout, silent.Fault);
    }

    private static async Task Hear(
        IAsyncEnumerator<ChatResponseUpdate> updates, Hold hold, string text, string? finish = null)
    {
        var next = updates.MoveNextAsync();
        await hold.Play(Script.Event(new Piece { Text = text, FinishReason = finish }));
        Assert.True(await next);
        Assert.Equal(text, updates.Current.Text);
    }
}
