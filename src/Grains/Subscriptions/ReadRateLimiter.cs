namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// Spreads a silo's reads of subscriptions evenly over time, however many are requested at once. Thread-safe.
/// </summary>
internal sealed class ReadRateLimiter(IOptions<SubscriptionOptions> options, TimeProvider time)
{
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1) / options.Value.ReadsPerSecond;
    private readonly Lock _lock = new();
    private TimeSpan _next;

    /// <summary>Waits until the caller may read.</summary>
    public async Task Acquire(CancellationToken cancellationToken)
    {
        var wait = Reserve();
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private TimeSpan Reserve()
    {
        lock (_lock)
        {
            var now = time.GetElapsedTime(0);
            var turn = _next > now ? _next : now;
            _next = turn + _interval;
            return turn - now;
        }
    }
}
