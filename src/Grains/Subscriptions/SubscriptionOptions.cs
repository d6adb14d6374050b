namespace GeminiChat.Grains.Subscriptions;

/// <summary>Settings of subscriptions.</summary>
internal sealed class SubscriptionOptions
{
    /// <summary><c>SUBSCRIPTION_GRACE_DAYS</c>: how long Pro outlasts a period whose renewal is not known yet; 0 to 30.</summary>
    public int GraceDays { get; set; } = 3;

    /// <summary>Reads of subscriptions that one silo does in a second; the provider allows 25 in test mode.</summary>
    public int ReadsPerSecond { get; set; } = 25;

    /// <summary>The wait before a failed read is repeated; each further one waits twice as long, up to 30 s.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromSeconds(1);
}
