using GeminiChat.Gateway.Rendering;
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
        Assert.NotNull(await Render(Reply(new string('a', ReplyRenderer.LongestReply))));
        Assert.Null(await Render(Reply(new string('a', ReplyRenderer.LongestReply + 1))));
    }

    [Fact]
    public async Task One_response_carries_so_much_html_and_the_newest_replies_first()
    {
        var text = new string('a', ReplyRenderer.LongestReply);
        var replies = Enumerable.Range(1, 10).Select(id => Reply(text) with { Id = id }).ToList();

        var html = await _renderer.RenderAsync(replies, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(4, 7).Select(id => (long)id), html.Keys.Order());
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
