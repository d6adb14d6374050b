using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.HttpOverrides;

namespace GeminiChat.Gateway.Web;

/// <summary>Who a request comes from, when it comes through proxies of ours.</summary>
internal static class TrustedProxies
{
    /// <summary>
    /// Takes client and scheme from the headers of the configured proxies, and of nobody else: anybody can write them.
    /// </summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<ClientAddressOptions>>().Value.Proxies is not { Count: > 0 } proxies)
        {
            return;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,

            // As many as are trusted, from the last one on; the first that is not is the client.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in proxies)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }
}
