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
    public async Task Only_finished_replies_are_rendered_and_each_text_only_once()
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
    [InlineData(SizeLimits.MaxPageBytes / 4, new long[] { 9, 10 })]
    [InlineData(SizeLimits.MaxPageBytes, new long[] { 10 })]
    public async Task Rendering_of_a_page_is_bounded_and_starts_with_the_newest_reply(int length, long[] rendered)
    {
        var text = new string('a', length);
        var replies = Enumerable.Range(1, 10).Select(id => Reply(text) with { Id = id }).ToList();

        var html = await _renderer.RenderAsync(replies, TestContext.Current.CancellationToken);

        Assert.Equal(rendered, html.Keys.Order());
    }

    [Fact]
    public async Task Waiting_requests_for_the_same_text_share_one_rendering()
    {
        var turn = await _renderer.AcquireLeaseAsync(TestContext.Current.CancellationToken);
        var waiting = Enumerable.Range(0, 20).Select(_ => Render(Reply("*hi*"))).ToList();
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        turn.Dispose();

        var all = await Task.WhenAll(waiting);
        Assert.All(all, html => Assert.Same(all[0], html));
    }

    [Fact]
    public async Task Required_rendering_is_done_even_when_the_queue_was_full()
    {
        var turn = await _renderer.AcquireLeaseAsync(TestContext.Current.CancellationToken);
        var queue = Enumerable.Range(0, ReplyRenderer.QueueLimit)
            .Select(_ => _renderer.AcquireLeaseAsync(TestContext.Current.CancellationToken).AsTask()).ToList();

        var waiting = _renderer.WaitForLeaseAsync(TestContext.Current.CancellationToken);
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
    public async Task A_request_that_waits_too_long_or_finds_the_queue_full_gets_text_without_HTML()
    {
        using var turn = await _renderer.AcquireLeaseAsync(TestContext.Current.CancellationToken);
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
