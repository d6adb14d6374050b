using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>Where clients reach this service.</summary>
internal sealed class PublicAddress
{
    /// <summary>An origin. Null: in Development the address that a request came in on, elsewhere payments are off.</summary>
    [ConfigurationKeyName("PUBLIC_URL")]
    public string? PublicUrl { get; set; }

    [ConfigurationKeyName("STRIPE_SECRET_KEY")]
    public string? StripeKey { get; set; }

    [ConfigurationKeyName("STRIPE_WEBHOOK_SECRET")]
    public string? StripeWebhookSecret { get; set; }

    /// <summary>Whether payments are on. A gateway before a cluster of silos may have the webhook's secret alone.</summary>
    public bool TakesPayments => !string.IsNullOrWhiteSpace(StripeKey) || !string.IsNullOrWhiteSpace(StripeWebhookSecret);
}

/// <summary>Demands an origin, where users are sent back to by Stripe: a request's own word for it would be anybody's.</summary>
internal sealed class PublicAddressCheck(IHostEnvironment environment)
    : IPostConfigureOptions<PublicAddress>, IValidateOptions<PublicAddress>
{
    public void PostConfigure(string? name, PublicAddress options) =>
        options.PublicUrl = string.IsNullOrWhiteSpace(options.PublicUrl) ? null : options.PublicUrl.TrimEnd('/');

    public ValidateOptionsResult Validate(string? name, PublicAddress options) => options switch
    {
        { PublicUrl: { } url } => IsOrigin(url)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("PUBLIC_URL must be an origin such as https://chat.example.org, without a path."),
        { TakesPayments: true } when !environment.IsDevelopment() => ValidateOptionsResult.Fail(
            "PUBLIC_URL is not set; with payments on it must be, outside Development: Stripe sends users back there."),
        _ => ValidateOptionsResult.Success,
    };

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && uri is { PathAndQuery: "/", Fragment: "", UserInfo: "" };
}
