using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Settings;

/// <summary>The secrets with which Stripe signs its webhooks.</summary>
internal sealed class WebhookOptions : IValidatableObject
{
    private const string WebhookSecretSetting = "STRIPE_WEBHOOK_SECRET";

    [ConfigurationKeyName("STRIPE_SECRET_KEY")]
    public string? SecretKey { get; set; }

    /// <summary>One secret, or several, comma-separated, during a rotation.</summary>
    public string? WebhookSecret { get; set; }

    /// <summary>The secrets; empty while payments are off.</summary>
    public string[] Secrets => string.IsNullOrEmpty(WebhookSecret)
        ? []
        : WebhookSecret.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>Reads the raw setting, because a blank one must be an error: with a blank secret anybody could sign.</summary>
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
