using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>What Stripe signs its webhooks with.</summary>
internal sealed class WebhookOptions
{
    [ConfigurationKeyName("STRIPE_SECRET_KEY")]
    public string? SecretKey { get; set; }

    /// <summary>One secret, or several, comma-separated: the old one stays beside the new one while it is rolled.</summary>
    [ConfigurationKeyName("STRIPE_WEBHOOK_SECRET")]
    public string? WebhookSecret { get; set; }

    /// <summary>The secrets; empty while payments are off.</summary>
    public string[] Secrets => string.IsNullOrEmpty(WebhookSecret)
        ? []
        : WebhookSecret.Split(',', StringSplitOptions.TrimEntries);
}

/// <summary>Refuses blank secrets: with one of them anybody could sign.</summary>
internal sealed class WebhookOptionsCheck : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options) =>
        options.Secrets.Any(string.IsNullOrEmpty)
            ? ValidateOptionsResult.Fail("STRIPE_WEBHOOK_SECRET has a blank in the place of a secret; with it anybody could sign.")
        : options.Secrets is [] && !string.IsNullOrWhiteSpace(options.SecretKey)
            ? ValidateOptionsResult.Fail("STRIPE_WEBHOOK_SECRET is not set; STRIPE_SECRET_KEY needs it.")
        : ValidateOptionsResult.Success;
}
