namespace GeminiChat.Grains.Subscriptions;

/// <summary>The services that all subscriptions of a silo share.</summary>
internal sealed class SubscriptionServices(
    ISubscriptionStore store,
    IPaymentProvider payments,
    ReadRateLimiter readLimiter,
    IOptions<SubscriptionOptions> options,
    TimeProvider time,
    ILogger<SubscriptionGrain> logger)
{
    public ISubscriptionStore Store => store;

    public IPaymentProvider Payments => payments;

    public ReadRateLimiter ReadLimiter => readLimiter;

    public TimeSpan Grace => TimeSpan.FromDays(options.Value.GraceDays);

    public TimeSpan FirstBackoff => options.Value.FirstBackoff;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public DateTimeOffset Now() => time.GetUtcNowToMillisecond();
}
