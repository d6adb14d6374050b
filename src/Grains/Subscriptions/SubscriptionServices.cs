namespace GeminiChat.Grains.Subscriptions;

/// <summary>What all subscriptions of a silo share.</summary>
internal sealed class SubscriptionServices(
    ISubscriptionStore store,
    IPayments payments,
    ReadPace pace,
    IOptions<SubscriptionOptions> options,
    TimeProvider time,
    ILogger<SubscriptionGrain> logger)
{
    public ISubscriptionStore Store => store;

    public IPayments Payments => payments;

    public ReadPace Pace => pace;

    public TimeSpan Grace => TimeSpan.FromDays(options.Value.GraceDays);

    public TimeSpan FirstBackoff => options.Value.FirstBackoff;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public DateTimeOffset Now() => time.GetUtcNowToMillisecond();
}
