using System.ComponentModel.DataAnnotations;
using System.Net;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Gateway.Settings;

/// <summary>Settings for addresses of clients.</summary>
internal sealed class ClientAddressOptions : IValidatableObject
{
    /// <summary>Requests a minute of one address; 0 for no limit.</summary>
    [ConfigurationKeyName("AUTH_REQUESTS_PER_MINUTE_PER_IP")]
    [Range(0, int.MaxValue, ErrorMessage = "AUTH_REQUESTS_PER_MINUTE_PER_IP must be a whole number, 0 for no limit.")]
    public int AuthRequestsPerMinute { get; set; } = 60;

    /// <summary>
    /// Addresses or networks, comma-separated, whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are trusted.
    /// </summary>
    [ConfigurationKeyName("TRUSTED_PROXIES")]
    public string? TrustedProxies { get; set; }

    public IReadOnlyList<IPNetwork> Proxies => [.. SettingText.List(TrustedProxies).Select(Network).OfType<IPNetwork>()];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SettingText.List(TrustedProxies).Any(text => Network(text) is null))
        {
            yield return new ValidationResult("TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, comma-separated.");
        }
    }

    private static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
