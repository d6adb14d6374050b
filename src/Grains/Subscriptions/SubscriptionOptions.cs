using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Grains.Subscriptions;

/// <summary>Settings of subscriptions.</summary>
internal sealed class SubscriptionOptions
{
    /// <summary>How many days Pro continues after the end of a period while no renewal is known.</summary>
    [ConfigurationKeyName("SUBSCRIPTION_GRACE_DAYS")]
    [Range(0, 30, ErrorMessage = "SUBSCRIPTION_GRACE_DAYS must be a whole number from {1} to {2}.")]
    public int GraceDays { get; set; } = 3;

    /// <summary>How many subscriptions one silo reads per second. The provider allows 25 in test mode.</summary>
    public int ReadsPerSecond { get; set; } = 25;

    /// <summary>The wait before a failed read is retried. It doubles with each further retry, up to 30 s.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromSeconds(1);
}
