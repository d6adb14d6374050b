using System.Diagnostics;
using System.Net;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Silo.Gemini;

/// <summary>Registers the model.</summary>
internal static class GeminiHosting
{
    /// <summary>Adds the <see cref="IChatClient"/>: Gemini if there is a key, else the offline assistant.</summary>
    public static IServiceCollection AddModel(this IServiceCollection services)
    {
        services.AddSettings<GeminiOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(CreateClient);
        services.AddHostedService<ModelListRefresh>();
        services.AddSingleton(provider => CreateReportLine(provider.GetRequiredService<IOptions<GeminiOptions>>().Value));
        return services;
    }

    /// <summary>A connection pool for Gemini at this origin, through the proxy of HTTPS_PROXY, if any.</summary>
    public static HttpClient CreateHttpClient(string baseUrl)
    {
        var handler = new SocketsHttpHandler
        {
            // Only the configured origin gets the key.
            AllowAutoRedirect = false,
            // A loopback address would mean the proxy's own machine.
            UseProxy = !new Uri(baseUrl).IsLoopback,
            UseCookies = false,
            // Calls are traced, but no trace headers are sent.
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // The silo's circuit breaker limits the calls. A limit here would let them wait, at the cost of their idle time.
            MaxConnectionsPerServer = int.MaxValue,
            // Without it the rest of an abandoned response is read, and the model continues to write.
            MaxResponseDrainSize = 0,
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static IChatClient CreateClient(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<GeminiOptions>>().Value;
        return options.IsConfigured
            ? ActivatorUtilities.CreateInstance<GeminiChatClient>(services, CreateHttpClient(options.Origin))
            : ActivatorUtilities.CreateInstance<OfflineAssistant>(services);
    }

    private static StartupReportLine CreateReportLine(GeminiOptions options) => options.IsConfigured
        ? new StartupReportLine("model", $"{options.Model} at {options.Origin}")
        : new StartupReportLine("model", "offline assistant", "GEMINI_API_KEY is not set: the built-in offline assistant answers.");
}
