using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Health;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Gateway.Web;

/// <summary>The limits of the web server, and the middleware of every request.</summary>
internal static class WebExtensions
{
    private const int MaxConnections = 25_000;
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    // Per connection and direction. It is Kestrel's default for answers, and a sixteenth of its default for requests.
    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// <see cref="WriteTimeoutResponseBody"/> closes the connections of slow readers, and <see cref="RequestBodyReader"/> refuses
    /// slow bodies. So Kestrel's minimum rate is needed only for the last buffer of an answer, when the connection closes.
    /// </summary>
    public static void AddWeb(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = SizeLimits.MaxBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBufferSize = BufferBytes;
            kestrel.Limits.MinResponseDataRate = new MinDataRate(
                BufferBytes / WriteTimeoutResponseBody.WriteTimeout.TotalSeconds, WriteTimeoutResponseBody.WriteTimeout);
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<RequestBodyReader>();
        builder.Services.AddConfiguredHsts();
        builder.Services.AddCompression();
        builder.Services.AddCrossOriginRequests();
        HealthServer.Add(builder);
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            Json.Configure(json.SerializerOptions);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, JsonContext.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, JsonInput.Default);
        });
    }

    public static void UseWeb(this WebApplication app)
    {
        app.Use(UseWriteTimeout);
        app.UseCrossOriginRequests();
        app.UseMiddleware<ExceptionMiddleware>();
        app.UseMiddleware<StartupGate>();
        app.UseTrustedProxies();
        app.UseConfiguredHsts();
        app.UseRouting();
        app.UseCacheRules();
        app.UseAuthLimit();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseUserRateLimiter();
        app.UseCompression();
    }

    private static Task UseWriteTimeout(HttpContext http, RequestDelegate next)
    {
        var body = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        http.Features.Set<IHttpResponseBodyFeature>(new WriteTimeoutResponseBody(http, body, time));
        return next(http);
    }
}
