using System.ComponentModel.DataAnnotations;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Gateway.Settings;

/// <summary>The address at which clients reach this service.</summary>
internal sealed class PublicUrlOptions : IValidatableObject
{
    /// <summary>
    /// The origin in the addresses of shares and of Stripe's returns. Without it, the address of the request is used. Payments outside
    /// Development require it.
    /// </summary>
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

    /// <summary>A gateway of a cluster may have only the secret of the webhook.</summary>
    private bool ArePaymentsEnabled => StripeKey is not null || StripeWebhookSecret is not null;

    /// <summary>The origin that the client used; null if its <c>Host</c> header is malformed. Clients can forge it.</summary>
    /// <remarks>The raw header: <c>request.Host</c> throws for some values, and others are not valid in a URI.</remarks>
    public static string? OriginOf(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Headers.Host}", UriKind.Absolute, out var uri)
            ? uri.GetLeftPart(UriPartial.Authority)
            : null;

    /// <summary>Stripe sends users back to this address. Clients can forge the address of a request.</summary>
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
