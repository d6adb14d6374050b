using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Text of a reply after a cursor, and changes of its HTML.</summary>
/// <param name="Text">The text; empty if only the HTML has changed.</param>
/// <param name="Changes">The changes of the HTML.</param>
/// <param name="ContentHtml">At the end, the whole HTML; null if there is none.</param>
internal sealed record HtmlProgress(ReplyProgress Text, IReadOnlyList<HtmlChange> Changes, string? ContentHtml = null);

/// <summary>
/// Reads the text of a reply, and renders it: at most once in <see cref="MinPause"/>, and less often if the last block is
/// long. Without a lease, the HTML comes later than the text.
/// </summary>
/// <param name="source">The text after the client's cursor.</param>
/// <param name="earlier">The text before the cursor; null at the beginning.</param>
/// <param name="from">The client's cursor.</param>
/// <param name="renderer">The leases.</param>
/// <param name="time">The clock.</param>
internal sealed class HtmlReplySource(
    IStreamSource<ReplyProgress> source, IStreamSource<ReplyProgress>? earlier, ReplyCursor from, ReplyRenderer renderer, TimeProvider time)
    : IStreamSource<HtmlProgress>
{
    /// <summary>Faster changes are hard to see, and each one costs the server and the page.</summary>
    internal static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(50);

    /// <summary>A machine that is busy with other things makes a short rendering look long. Clients wait for the HTML all the same.</summary>
    internal static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(3);

    /// <summary>The pause after a rendering of up to 300 ms is this many times as long, so a reader takes at most a tenth of a core.</summary>
    private const int PauseFactor = 10;

    private readonly IncrementalHtml _html = new();
    private IStreamSource<ReplyProgress>? _earlier = earlier;
    private Task<ReplyProgress?>? _reading;
    private TimeSpan _pause;
    private long _renderedAt;

    public string Kind => source.Kind;

    public Problem Absent => source.Absent;

    public async Task<HtmlProgress?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_earlier is { } earlierText)
        {
            _earlier = null;
            await ReadEarlierTextAsync(earlierText, cancellationToken);
        }

        _reading ??= source.ReadAsync(cancellationToken);
        if (_html.HasUnrenderedText && !_reading.IsCompleted)
        {
            await WaitForReadOrPauseAsync(_reading, cancellationToken);
        }

        if (!_reading.IsCompleted && _html.HasUnrenderedText)
        {
            return new HtmlProgress(new ReplyProgress(from, IsReset: false, "", FinishedReply: null), RenderIfDue());
        }

        var reading = _reading;
        _reading = null;
        return await reading is { } update ? await ApplyAsync(update, cancellationToken) : null;
    }

    // While a read goes on, only the HTML has changed.
    public bool Advance(HtmlProgress update) => (_reading is null && source.Advance(update.Text)) || update.Changes.Count > 0;

    /// <summary>Reads the text before the cursor: the client gets the HTML of all blocks again.</summary>
    private async Task ReadEarlierTextAsync(IStreamSource<ReplyProgress> earlierText, CancellationToken cancellationToken)
    {
        while (await earlierText.ReadAsync(cancellationToken) is { IsReset: false, Next: var next } piece && next.Attempt == from.Attempt && earlierText.Advance(piece))
        {
            var extra = Math.Max(0, next.Offset - from.Offset);
            _html.Append(piece.Text[..Math.Max(0, piece.Text.Length - extra)]);
            if (next.Offset >= from.Offset)
            {
                return;
            }
        }
    }

    private async Task<HtmlProgress> ApplyAsync(ReplyProgress update, CancellationToken cancellationToken)
    {
        if (update.IsReset)
        {
            _html.Clear();
        }

        _html.Append(update.Text);
        if (update.FinishedReply is not { } end)
        {
            return new HtmlProgress(update, RenderIfDue());
        }

        return await renderer.RenderAsync(end, cancellationToken) is { } whole
            ? new HtmlProgress(update, _html.Complete(whole), whole.Html)
            : new HtmlProgress(update, []);
    }

    private IReadOnlyList<HtmlChange> RenderIfDue()
    {
        if (!_html.HasUnrenderedText || time.GetElapsedTime(_renderedAt) < _pause)
        {
            return [];
        }

        using var lease = renderer.TryAcquireLease();
        var start = time.GetTimestamp();
        var changes = lease.IsAcquired ? _html.Render() : [];
        _renderedAt = time.GetTimestamp();
        var cost = time.GetElapsedTime(start, _renderedAt);
        _pause = TimeSpan.FromTicks(Math.Clamp(cost.Ticks * PauseFactor, MinPause.Ticks, MaxPause.Ticks));
        return changes;
    }

    private async Task WaitForReadOrPauseAsync(Task reading, CancellationToken cancellationToken)
    {
        var remaining = _pause - time.GetElapsedTime(_renderedAt);
        if (remaining > TimeSpan.Zero)
        {
            await reading.WaitAsync(remaining, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}

/// <summary>The events of a reply with those of its HTML.</summary>
internal sealed class HtmlReplyStream(ReplyEventStream events) : IStreamSink<HtmlProgress>
{
    public ValueTask OpenAsync(CancellationToken cancellationToken) => events.OpenAsync(cancellationToken);

    public ValueTask<bool> WriteAsync(HtmlProgress update, CancellationToken cancellationToken) => events.WriteAsync(update, cancellationToken);

    public ValueTask PingAsync(CancellationToken cancellationToken) => events.PingAsync(cancellationToken);

    public ValueTask ReconnectAsync() => events.ReconnectAsync();

    public ValueTask FailAsync(Problem problem, CancellationToken cancellationToken) => events.FailAsync(problem, cancellationToken);
}
