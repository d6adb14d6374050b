using System.Threading.RateLimiting;

namespace GeminiChat.Gateway.Payments;

/// <summary>
/// How many webhooks may be in memory at once. Whose they are is only known when the body has been read, so their number
/// has to be bounded for anybody's.
/// </summary>
internal sealed class WebhookSlots : IDisposable
{
    /// <summary>Bodies of half a megabyte each; Stripe sends one in some milliseconds.</summary>
    public const int Count = 32;

    private readonly ConcurrencyLimiter _slots = new(new ConcurrencyLimiterOptions { PermitLimit = Count });

    /// <summary>Takes a slot until the result is disposed, if one is free.</summary>
    public RateLimitLease Take() => _slots.AttemptAcquire();

    public void Dispose() => _slots.Dispose();
}
