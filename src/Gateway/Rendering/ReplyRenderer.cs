using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Caching.Memory;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Renders finished replies, each once while it is in the cache, and only so many at a time. A reply that cannot be rendered
/// within the bounds is left out: its Markdown is there in any case.
/// </summary>
internal sealed class ReplyRenderer : IDisposable
{
    /// <summary>Bytes of HTML in the cache.</summary>
    public const long CacheBytes = 64 * 1024 * 1024;

    /// <summary>Requests that wait for their turn.</summary>
    public const int QueueLimit = 100;

    private const int EntryOverhead = 512;

    /// <summary>How long one request waits for its turns in all.</summary>
    private static readonly TimeSpan RenderTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan QueueFullDelay = TimeSpan.FromMilliseconds(100);

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = CacheBytes });
    private readonly ConcurrencyLimiter _limiter;
    private readonly TimeProvider _time;

    public ReplyRenderer(TimeProvider time)
        : this(time, permits: Math.Max(1, Environment.ProcessorCount / 2))
    {
    }

    public ReplyRenderer(TimeProvider time, int permits) => (_time, _limiter) = (time, new(new()
    {
        PermitLimit = permits,
        QueueLimit = QueueLimit,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    }));

    /// <summary>
    /// The HTML of the finished replies among some messages, by message id: of the newest ones, as far as a page reaches
    /// with them.
    /// </summary>
    public async Task<IReadOnlyDictionary<long, string>> RenderAsync(IReadOnlyList<RoomMessage> messages, CancellationToken cancellation)
    {
        var all = new Dictionary<long, string>();
        var left = SizeLimits.MaxPageBytes;
        using var timeout = new CancellationTokenSource(RenderTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        foreach (var message in messages.Where(CanBeRendered).Reverse())
        {
            if (left <= 0 || either.IsCancellationRequested)
            {
                break;
            }

            // No code unit takes less than a byte. One message alone may be larger than a page.
            left -= message.Content.Length;
            if (await RenderAsync(message.Content, either.Token) is { } html)
            {
                all[message.Id] = html;
                left -= html.Length;
            }
        }

        return all;
    }

    /// <summary>Waits for a turn to render; the lease ends it.</summary>
    public ValueTask<RateLimitLease> AcquireLeaseAsync(CancellationToken cancellation) => _limiter.AcquireAsync(1, cancellation);

    /// <summary>As <see cref="AcquireLeaseAsync"/>, however long it takes: for work that cannot be left out.</summary>
    public async Task<RateLimitLease> WaitForLeaseAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var lease = await AcquireLeaseAsync(cancellation);
            if (lease.IsAcquired)
            {
                return lease;
            }

            lease.Dispose();
            await Task.Delay(QueueFullDelay, _time, cancellation);
        }
    }

    public void Dispose()
    {
        _limiter.Dispose();
        _cache.Dispose();
    }

    private static bool CanBeRendered(RoomMessage message) =>
        message.Sender is Sender.Ai && !message.Status.IsPending() && message.Content.Length > 0;

    private async ValueTask<string?> RenderAsync(string markdown, CancellationToken cancellation)
    {
        // The HTML follows from the text alone, so the text's hash is a key that never goes stale.
        var key = Convert.ToBase64String(SHA256.HashData(MemoryMarshal.AsBytes(markdown.AsSpan())));
        if (_cache.TryGetValue(key, out string? known))
        {
            return known;
        }

        try
        {
            // Whoever had the turn before may have rendered the same text.
            using var lease = await AcquireLeaseAsync(cancellation);
            return _cache.TryGetValue(key, out known) ? known
                : lease.IsAcquired ? AddToCache(key, ReplyHtml.Render(markdown))
                : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private string AddToCache(string key, string html) => _cache.Set(key, html, new MemoryCacheEntryOptions
    {
        Size = (html.Length * sizeof(char)) + EntryOverhead,
        SlidingExpiration = TimeSpan.FromHours(1),
    });
}
