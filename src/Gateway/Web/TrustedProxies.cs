using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.HttpOverrides;

namespace GeminiChat.Gateway.Web;

/// <summary>The client's address and scheme when a request comes through trusted proxies.</summary>
internal static class TrustedProxies
{
    /// <summary>
    /// Reads address and scheme from the headers of the configured proxies only, because any client can write such headers.
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

            // All trusted proxies from the last one on are skipped. The first address that is not trusted is the client.
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
