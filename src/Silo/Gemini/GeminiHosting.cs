using System.Diagnostics;
using System.Net;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Silo.Gemini;

/// <summary>Registers the model that answers.</summary>
internal static class GeminiHosting
{
    /// <summary>Adds the <see cref="IChatClient"/>: Gemini when there is a key, else the offline assistant.</summary>
    public static IServiceCollection AddModel(this IServiceCollection services)
    {
        services.AddSettings<GeminiOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(CreateClient);
        services.AddSingleton(provider => CreateReportLine(provider.GetRequiredService<IOptions<GeminiOptions>>().Value));
        return services;
    }

    /// <summary>A connection pool for Gemini at this origin, through the proxy that HTTPS_PROXY names, if any.</summary>
    public static HttpClient CreateHttpClient(string baseUrl)
    {
        var handler = new SocketsHttpHandler
        {
            // The key goes to the configured origin and nowhere else.
            AllowAutoRedirect = false,
            // A proxy has a loopback of its own.
            UseProxy = !new Uri(baseUrl).IsLoopback,
            UseCookies = false,
            // Calls are traced here; the other side learns nothing of it.
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // The gate of the silo bounds the calls. A bound here would let them wait on their idle time.
            MaxConnectionsPerServer = int.MaxValue,
            // Reading on after the reader left would keep the model writing.
            MaxResponseDrainSize = 0,
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static IChatClient CreateClient(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<GeminiOptions>>().Value;
        if (options.HasKey)
        {
            return ActivatorUtilities.CreateInstance<GeminiChatClient>(services, CreateHttpClient(options.BaseUrl));
        }

        return ActivatorUtilities.CreateInstance<OfflineAssistant>(services);
    }

    private static StartupReportLine CreateReportLine(GeminiOptions options) => options.HasKey
        ? new StartupReportLine("model", $"{options.Model} at {options.BaseUrl}")
        : new StartupReportLine("model", "offline assistant", "GEMINI_API_KEY is not set: the built-in offline assistant answers.");
}
