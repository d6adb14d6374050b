using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.HttpsPolicy;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>What caches and browsers are told about answers.</summary>
internal static class ResponseHeaderExtensions
{
    public const string NoStore = "no-store";

    private const string AuthPath = "/auth";

    /// <summary>
    /// Nothing that needs or gives a token or a code is kept anywhere. That includes the list of rooms: their names are what
    /// chats are about, and would stay on a shared device's disk after the sign-out. Clients that keep the list in memory
    /// can still ask by its <c>ETag</c>.
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

    /// <summary>The route's answers differ by <c>Accept</c>, those that refuse a request included.</summary>
    public static RouteHandlerBuilder VaryByAccept(this RouteHandlerBuilder route) => route.WithMetadata(new VaryByAcceptMetadata());

    /// <summary>How long browsers are to keep to https is a setting.</summary>
    public static void AddConfiguredHsts(this IServiceCollection services) => services.AddOptions<HstsOptions>()
        .Configure<IOptions<RequestOptions>>(static (hsts, requests) => hsts.MaxAge = TimeSpan.FromDays(requests.Value.HstsDays));

    /// <summary>Tells browsers to keep to https, over https and if the setting says for how long.</summary>
    public static void UseConfiguredHsts(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<HstsOptions>>().Value.MaxAge > TimeSpan.Zero)
        {
            app.UseHsts();
        }
    }

    private sealed class VaryByAcceptMetadata;
}
