using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Rendering;

public sealed class ReplyRendererTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ReplyRenderer _renderer;

    public ReplyRendererTests() => _renderer = new ReplyRenderer(_time, permits: 1);

    public void Dispose() => _renderer.Dispose();

    [Fact]
    public async Task Only_a_finished_reply_has_html_and_each_text_is_rendered_once()
    {
        var reply = Reply("*hi*");
        var html = await Render(reply);
        Assert.Equal("<p><em>hi</em></p>\n", html);

        // Another instance with the same text, as a silo would send it.
        Assert.Same(html, await Render(Reply(new string("*hi*".AsSpan()))));
        Assert.NotNull(await Render(reply with { Status = MessageStatus.Stopped }));
        Assert.Null(await Render(reply with { Status = MessageStatus.Generating }));
        Assert.Null(await Render(reply with { Sender = Sender.User }));
        Assert.Null(await Render(Reply("")));
    }

    [Theory]
    [InlineData(Limits.PageBytes / 4, new long[] { 9, 10 })]
    [InlineData(Limits.PageBytes, new long[] { 10 })]
    public async Task No_more_replies_are_rendered_than_a_page_holds_and_the_newest_first(int length, long[] rendered)
    {
        var text = new string('a', length);
        var replies = Enumerable.Range(1, 10).Select(id => Reply(text) with { Id = id }).ToList();

        var html = await _renderer.RenderAsync(replies, TestContext.Current.CancellationToken);

        Assert.Equal(rendered, html.Keys.Order());
    }

    [Fact]
    public async Task Requests_that_wait_with_the_same_text_get_what_the_first_of_them_rendered()
    {
        var turn = await _renderer.TakeTurn(TestContext.Current.CancellationToken);
        var waiting = Enumerable.Range(0, 20).Select(_ => Render(Reply("*hi*"))).ToList();
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        turn.Dispose();

        var all = await Task.WhenAll(waiting);
        Assert.All(all, html => Assert.Same(all[0], html));
    }

    [Fact]
    public async Task Work_that_cannot_be_left_out_gets_its_turn_even_when_the_queue_was_full()
    {
        var turn = await _renderer.TakeTurn(TestContext.Current.CancellationToken);
        var queue = Enumerable.Range(0, ReplyRenderer.QueueLimit)
            .Select(_ => _renderer.TakeTurn(TestContext.Current.CancellationToken).AsTask()).ToList();

        var waiting = _renderer.WaitForTurn(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        turn.Dispose();
        foreach (var other in queue)
        {
            (await other).Dispose();
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        using var own = await waiting;
        Assert.True(own.IsAcquired);
    }

    [Fact]
    public async Task Who_waits_too_long_or_finds_the_queue_full_gets_the_text_alone()
    {
        using var turn = await _renderer.TakeTurn(TestContext.Current.CancellationToken);
        var waiting = Enumerable.Range(0, ReplyRenderer.QueueLimit).Select(number => Render(Reply($"waiting {number}"))).ToList();

        Assert.Null(await Render(Reply("one too many")));
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.All(await Task.WhenAll(waiting), Assert.Null);
        turn.Dispose();
        Assert.NotNull(await Render(Reply("after that")));
    }

    private static RoomMessage Reply(string text) =>
        new(2, Sender.Ai, text, DateTimeOffset.UnixEpoch, MessageStatus.Completed, ReplyTo: 1);

    private async Task<string?> Render(RoomMessage message) =>
        (await _renderer.RenderAsync([message], TestContext.Current.CancellationToken)).GetValueOrDefault(message.Id);
}
