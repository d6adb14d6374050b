using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>Where clients reach this service.</summary>
internal sealed class PublicAddress
{
    /// <summary>An origin; null for the address that a request came in on.</summary>
    [ConfigurationKeyName("PUBLIC_URL")]
    public string? PublicUrl { get; set; }
}

/// <summary>Demands an origin.</summary>
internal sealed class PublicAddressCheck : IPostConfigureOptions<PublicAddress>, IValidateOptions<PublicAddress>
{
    public void PostConfigure(string? name, PublicAddress options) =>
        options.PublicUrl = string.IsNullOrWhiteSpace(options.PublicUrl) ? null : options.PublicUrl.TrimEnd('/');

    public ValidateOptionsResult Validate(string? name, PublicAddress options) =>
        options.PublicUrl is null || IsOrigin(options.PublicUrl)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("PUBLIC_URL must be an origin such as https://chat.example.org, without a path.");

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && uri is { PathAndQuery: "/", Fragment: "", UserInfo: "" };
}
