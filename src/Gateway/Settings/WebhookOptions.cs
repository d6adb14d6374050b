using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Settings;

/// <summary>What Stripe signs its webhooks with.</summary>
internal sealed class WebhookOptions : IValidatableObject
{
    private const string WebhookSecretSetting = "STRIPE_WEBHOOK_SECRET";

    [ConfigurationKeyName("STRIPE_SECRET_KEY")]
    public string? SecretKey { get; set; }

    /// <summary>One secret, or several, comma-separated: the old one stays beside the new one while it is rolled.</summary>
    public string? WebhookSecret { get; set; }

    /// <summary>The secrets; empty while payments are off.</summary>
    public string[] Secrets => string.IsNullOrEmpty(WebhookSecret)
        ? []
        : WebhookSecret.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>Reads the setting as it is: with a blank secret anybody could sign, so a blank must not count as not set.</summary>
    public static void ReadSecret(WebhookOptions options, IConfiguration settings) =>
        options.WebhookSecret = settings[WebhookSecretSetting];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Secrets.Any(string.IsNullOrEmpty))
        {
            yield return new($"{WebhookSecretSetting} has a blank in the place of a secret; with it anybody could sign.");
        }

        if (Secrets is [] && SecretKey is not null)
        {
            yield return new($"{WebhookSecretSetting} is not set; STRIPE_SECRET_KEY needs it.");
        }
    }
}
