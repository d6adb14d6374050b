namespace GeminiChat.Grains.Subscriptions;

/// <summary>The services that all subscriptions of a silo share.</summary>
internal sealed record SubscriptionServices(
    ISubscriptionStore Store,
    IPaymentProvider Payments,
    ReadRateLimiter ReadLimiter,
    IOptions<SubscriptionOptions> Options,
    TimeProvider Time,
    ILogger<SubscriptionGrain> Logger)
{
    public DateTimeOffset Now() => Time.GetUtcNowToMillisecond();
}
