using System.ComponentModel.DataAnnotations;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Silo.Payments;

/// <summary>How to reach Stripe, and which prices to use.</summary>
internal sealed class StripeOptions : IValidatableObject
{
    /// <summary>The secret or restricted key. Without one payments are off.</summary>
    [ConfigurationKeyName("STRIPE_SECRET_KEY")]
    [RegularExpression("^[!-~]*$", ErrorMessage = "STRIPE_SECRET_KEY must consist of visible ASCII characters.")]
    public string? SecretKey { get; set; }

    /// <summary>
    /// The recurring prices of Pro, comma-separated. The first is sold. A subscription to any of them gives Pro.
    /// </summary>
    [ConfigurationKeyName("STRIPE_PRO_PRICE_ID")]
    public string? ProPriceId { get; set; }

    /// <summary>The origin of the service: http or https, without a path.</summary>
    [ConfigurationKeyName("STRIPE_API_BASE")]
    public string ApiBase { get; set; } = "https://api.stripe.com";

    /// <summary>The prices of Pro, starting with the one that is sold; empty without the setting.</summary>
    public string[] ProPrices => ProPriceId is null ? [] : ProPriceId.Split(',', StringSplitOptions.TrimEntries);

    public bool HasKey => SecretKey is not null;

    /// <summary>Whether the key is for live mode; null when the key does not show its mode.</summary>
    public bool? IsLive => SecretKey?.Split('_') is ["sk" or "rk", var mode, _, ..]
        ? mode switch { "live" => true, "test" => false, _ => null }
        : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (HasKey && ProPrices is [])
        {
            yield return new("STRIPE_PRO_PRICE_ID is not set; STRIPE_SECRET_KEY needs it.");
        }

        if (ProPrices.Any(string.IsNullOrEmpty))
        {
            yield return new("STRIPE_PRO_PRICE_ID must be ids of prices, comma-separated, without a blank among them.");
        }

        if (!SettingText.IsOrigin(ApiBase))
        {
            yield return new("STRIPE_API_BASE must be an http or https origin without a path, like https://api.stripe.com.");
        }
    }
}
