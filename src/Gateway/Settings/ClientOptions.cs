using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>How clients are told apart by their address, and how often one may try to sign in.</summary>
internal sealed class ClientOptions
{
    private const int DefaultRequests = 60;

    [ConfigurationKeyName("AUTH_REQUESTS_PER_MINUTE_PER_IP")]
    public string? AuthRequests { get; set; }

    /// <summary>
    /// Addresses or networks, comma-separated, whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed.
    /// </summary>
    [ConfigurationKeyName("TRUSTED_PROXIES")]
    public string? TrustedProxies { get; set; }

    /// <summary>Requests a minute; 0 for no limit, null when the setting is no number.</summary>
    public int? AuthRequestsPerMinute => string.IsNullOrWhiteSpace(AuthRequests) ? DefaultRequests
        : int.TryParse(AuthRequests, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : null;

    /// <summary>The networks of <see cref="TrustedProxies"/>; null when one of them is none.</summary>
    public IReadOnlyList<IPNetwork>? Proxies
    {
        get
        {
            var networks = Words.Of(TrustedProxies).Select(Network).ToList();
            return networks.Contains(null) ? null : [.. networks.OfType<IPNetwork>()];
        }
    }

    private static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}

/// <summary>One line for each setting that is wrong.</summary>
internal sealed class ClientOptionsCheck : IValidateOptions<ClientOptions>
{
    public ValidateOptionsResult Validate(string? name, ClientOptions options)
    {
        var wrong = new List<string>();
        if (options.AuthRequestsPerMinute is null)
        {
            wrong.Add("AUTH_REQUESTS_PER_MINUTE_PER_IP must be a whole number, 0 for no limit.");
        }

        if (options.Proxies is null)
        {
            wrong.Add("TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, comma-separated.");
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
