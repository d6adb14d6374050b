using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Gateway.Web;

/// <summary>The server's limits, and the middleware that is there for every request.</summary>
internal static class WebExtensions
{
    private const int Connections = 25_000;
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Slow readers are cut by Kestrel's own minimum rate of 240 bytes a second, slow writers likewise. Streams are
    /// stricter.
    /// </summary>
    public static void AddWeb(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Limits.BodyBytes;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            kestrel.Limits.MaxConcurrentConnections = Connections;
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Uploads>();
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            Json.Configure(json.SerializerOptions);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, JsonContext.Default);
        });
    }

    /// <summary>Errors first, then the routes' own work: who asks, and whether they may.</summary>
    public static void UseWeb(this WebApplication app)
    {
        app.UseMiddleware<Faults>();
        app.UseMiddleware<BeforeStart>();
        app.UseTrustedProxies();
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
