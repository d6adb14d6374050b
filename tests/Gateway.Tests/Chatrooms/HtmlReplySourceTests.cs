using System.Threading.Channels;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>When a reply that is being written is rendered.</summary>
public sealed class HtmlReplySourceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ReplyRenderer _renderer;
    private readonly FakeSource _source = new();
    private readonly HtmlReplySource _html;

    public HtmlReplySourceTests()
    {
        _renderer = new ReplyRenderer(_time, permits: 1);
        _html = new HtmlReplySource(_source, earlier: null, new ReplyCursor(1, 0), _renderer, _time);
    }

    public void Dispose() => _renderer.Dispose();

    [Fact]
    public async Task Text_comes_at_once_and_its_HTML_at_most_once_in_an_interval_with_the_newest_text()
    {
        _source.Say("a");
        Assert.Equal(("a", "<p>a</p>\n"), await Read());
        _source.Say("b");
        Assert.Equal(("b", ""), await Read());
        _source.Say("c");
        Assert.Equal(("c", ""), await Read());

        var reading = Read();
        Assert.False(reading.IsCompleted);
        _time.Advance(HtmlReplySource.MinPause);
        Assert.Equal(("", "bc</p>\n"), await reading);
        _source.Say("d");
        Assert.Equal(("d", ""), await Read());
    }

    [Fact]
    public async Task Text_that_comes_after_the_interval_is_rendered_with_it()
    {
        _source.Say("a");
        await Read();
        _time.Advance(HtmlReplySource.MinPause);
        _source.Say("b");
        Assert.Equal(("b", "b</p>\n"), await Read());
    }

    [Fact]
    public async Task Without_a_lease_it_is_tried_again_after_an_interval()
    {
        var lease = _renderer.TryAcquireLease();
        _source.Say("a");
        Assert.Equal(("a", ""), await Read());
        var reading = Read();
        lease.Dispose();
        _time.Advance(HtmlReplySource.MinPause);
        Assert.Equal(("", "<p>a</p>\n"), await reading);
    }

    [Fact]
    public async Task A_rendering_that_took_long_delays_the_next_one_for_a_limited_time()
    {
        var html = new HtmlReplySource(_source, earlier: null, new ReplyCursor(1, 0), _renderer, new SlowTimeProvider(HtmlReplySource.MaxPause / 3));
        _source.Say("a");
        Assert.Equal(("a", "<p>a</p>\n"), await Read(html));
        _source.Say("b");
        Assert.Equal(("b", ""), await Read(html));
        _source.Say("c");
        Assert.Equal(("c", ""), await Read(html));
        _source.Say("d");
        Assert.Equal(("d", "bcd</p>\n"), await Read(html));
    }

    private Task<(string Text, string Html)> Read() => Read(_html);

    private static async Task<(string Text, string Html)> Read(HtmlReplySource html)
    {
        var update = (await html.ReadAsync(TestContext.Current.CancellationToken))!;
        html.Advance(update);
        return (update.Text.Text, string.Concat(update.Changes.Select(change => change.Html)));
    }

    /// <summary>A clock that advances each time it is read.</summary>
    private sealed class SlowTimeProvider(TimeSpan step) : FakeTimeProvider
    {
        public override long GetTimestamp()
        {
            var timestamp = base.GetTimestamp();
            Advance(step);
            return timestamp;
        }
    }

    private sealed class FakeSource : IStreamSource<ReplyProgress>
    {
        private readonly Channel<ReplyProgress> _updates = Channel.CreateUnbounded<ReplyProgress>();
        private int _length;

        public string Kind => "fake";

        public Problem Absent => Problems.Unauthorized;

        public void Say(string text) =>
            Assert.True(_updates.Writer.TryWrite(new ReplyProgress(new ReplyCursor(1, _length += text.Length), IsReset: false, text, FinishedReply: null)));

        public async Task<ReplyProgress?> ReadAsync(CancellationToken cancellationToken) => await _updates.Reader.ReadAsync(cancellationToken);

        public bool Advance(ReplyProgress update) => true;
    }
}
