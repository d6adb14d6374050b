using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Caching.Memory;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Renders finished replies. Rendered replies are cached, and the number of parallel renderings is limited. A reply that is not
/// rendered in time is left out, because the client has its Markdown anyway.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="permits">Parallel renderings; the default is half of the cores.</param>
internal sealed class ReplyRenderer(TimeProvider time, int? permits = null) : IDisposable
{
    /// <summary>Bytes of HTML in the cache.</summary>
    public const long CacheBytes = 64 * 1024 * 1024;

    /// <summary>Requests that wait for a lease.</summary>
    public const int QueueLimit = 100;

    private const int EntryOverhead = 512;

    /// <summary>The time for all replies of one request.</summary>
    private static readonly TimeSpan RenderTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan QueueFullDelay = TimeSpan.FromMilliseconds(100);

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = CacheBytes });
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = permits ?? Math.Max(1, Environment.ProcessorCount / 2),
        QueueLimit = QueueLimit,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>The HTML of the finished replies, by message id. The newest come first, until the page is full.</summary>
    public async Task<IReadOnlyDictionary<long, string>> RenderAsync(IReadOnlyList<RoomMessage> messages, CancellationToken cancellation)
    {
        var all = new Dictionary<long, string>();
        var left = SizeLimits.MaxPageBytes;
        using var timeout = new CancellationTokenSource(RenderTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        foreach (var message in messages.Where(CanBeRendered).Reverse())
        {
            if (left <= 0 || either.IsCancellationRequested)
            {
                break;
            }

            // A code unit takes at least a byte. A single message may be larger than a page.
            left -= message.Content.Length;
            if (await RenderAsync(message.Content, either.Token) is { Html: { } html })
            {
                all[message.Id] = html;
                left -= html.Length;
            }
        }

        return all;
    }

    /// <summary>A complete reply with its blocks; null if it is not rendered in time.</summary>
    public async Task<RenderedReply?> RenderAsync(RoomMessage reply, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(RenderTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        return CanBeRendered(reply) ? await RenderAsync(reply.Content, either.Token) : null;
    }

    /// <summary>For work that can be done later: nobody waits for it.</summary>
    public RateLimitLease TryAcquireLease() => _limiter.AttemptAcquire();

    public ValueTask<RateLimitLease> AcquireLeaseAsync(CancellationToken cancellation) => _limiter.AcquireAsync(1, cancellation);

    /// <summary>Waits until there is a lease, for work that cannot be left out.</summary>
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
            await Task.Delay(QueueFullDelay, time, cancellation);
        }
    }

    public void Dispose()
    {
        _limiter.Dispose();
        _cache.Dispose();
    }

    private static bool CanBeRendered(RoomMessage message) =>
        message.Sender is Sender.Ai && !message.Status.IsPending() && message.Content.Length > 0;

    private async ValueTask<RenderedReply?> RenderAsync(string markdown, CancellationToken cancellation)
    {
        // The HTML depends on the text only, so an entry under the hash of the text is never outdated.
        var key = Convert.ToBase64String(SHA256.HashData(MemoryMarshal.AsBytes(markdown.AsSpan())));
        if (_cache.TryGetValue(key, out RenderedReply? known))
        {
            return known;
        }

        try
        {
            // Another request may have rendered the same text meanwhile.
            using var lease = await AcquireLeaseAsync(cancellation);
            return _cache.TryGetValue(key, out known) ? known
                : lease.IsAcquired ? AddToCache(key, ReplyHtml.Render(markdown, out _))
                : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private RenderedReply AddToCache(string key, RenderedReply reply) => _cache.Set(key, reply, new MemoryCacheEntryOptions
    {
        Size = (reply.Html.Length * sizeof(char)) + (reply.Ends.Length * sizeof(int)) + EntryOverhead,
        SlidingExpiration = TimeSpan.FromHours(1),
    });
}
