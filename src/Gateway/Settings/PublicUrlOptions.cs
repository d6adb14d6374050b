using System.ComponentModel.DataAnnotations;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Gateway.Settings;

/// <summary>Where clients reach this service.</summary>
internal sealed class PublicUrlOptions : IValidatableObject
{
    /// <summary>An origin. Null: in Development the address that a request came in on, elsewhere payments are off.</summary>
    [ConfigurationKeyName("PUBLIC_URL")]
    public string? PublicUrl
    {
        get;
        set => field = value?.TrimEnd('/');
    }

    [ConfigurationKeyName("STRIPE_SECRET_KEY")]
    public string? StripeKey { get; set; }

    [ConfigurationKeyName("STRIPE_WEBHOOK_SECRET")]
    public string? StripeWebhookSecret { get; set; }

    /// <summary>Whether payments are on. A gateway in front of a cluster may have the webhook's secret alone.</summary>
    private bool ArePaymentsEnabled => StripeKey is not null || StripeWebhookSecret is not null;

    /// <summary>Stripe sends users back to this address. That of a request would do only in Development: clients can forge it.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is not null && !SettingText.IsOrigin(PublicUrl))
        {
            yield return new("PUBLIC_URL must be an origin such as https://chat.example.org, without a path.");
        }

        if (PublicUrl is null && ArePaymentsEnabled && !validationContext.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            yield return new("PUBLIC_URL is not set; with payments on it must be, outside Development: Stripe sends users back there.");
        }
    }
}
