using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.HttpsPolicy;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>Headers for caches and browsers.</summary>
internal static class ResponseHeaderExtensions
{
    public const string NoStore = "no-store";

    private const string AuthPath = "/auth";

    /// <summary>
    /// No cache may store an answer to a route that needs a token, or that gives a token or a code. That includes the list of
    /// rooms: names are private, and would stay on the disk of a shared device after the sign-out. Clients that keep the
    /// list in memory can still use its <c>ETag</c>.
    /// </summary>
    public static void UseCacheRules(this WebApplication app) => app.Use(static (http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<VaryByAcceptMetadata>() is not null)
        {
            http.Response.Headers.Vary = HeaderNames.Accept;
        }

        if (http.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null
            || http.Request.Path.StartsWithSegments(AuthPath, StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.CacheControl = NoStore;
        }

        return next(http);
    });

    /// <summary>The answers of the route, errors included, depend on <c>Accept</c>.</summary>
    public static RouteHandlerBuilder VaryByAccept(this RouteHandlerBuilder route) => route.WithMetadata(new VaryByAcceptMetadata());

    public static void AddConfiguredHsts(this IServiceCollection services) => services.AddOptions<HstsOptions>()
        .Configure<IOptions<RequestOptions>>(static (hsts, requests) => hsts.MaxAge = TimeSpan.FromDays(requests.Value.HstsDays));

    /// <summary>Sends the HSTS header, over https only, if the setting is not 0.</summary>
    public static void UseConfiguredHsts(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<HstsOptions>>().Value.MaxAge > TimeSpan.Zero)
        {
            app.UseHsts();
        }
    }

    private sealed class VaryByAcceptMetadata;
}
