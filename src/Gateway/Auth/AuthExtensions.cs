using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Auth;

/// <summary>Signing up and in.</summary>
internal static class AuthExtensions
{
    public static void AddAuth(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<KnownTokens>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<IOtpSender>(Sender);
        services.AddBearer();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerTokens>();
        services.AddAuthorization();
    }

    /// <summary>
    /// What <c>AddAuthentication().AddJwtBearer()</c> does, without data protection: that is for cookies, and would
    /// write keys of its own to disk at every first start.
    /// </summary>
    private static void AddBearer(this IServiceCollection services)
    {
        services.AddAuthenticationCore(options => options.DefaultScheme = JwtBearerDefaults.AuthenticationScheme);
        services.AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddScheme<JwtBearerOptions, JwtBearerHandler>(JwtBearerDefaults.AuthenticationScheme, null);
    }

    private static IOtpSender Sender(IServiceProvider services) =>
        services.GetRequiredService<IOptions<OtpOptions>>().Value.Delivery is OtpOptions.Response
            ? new ResponseOtpSender()
            : ActivatorUtilities.CreateInstance<LogOtpSender>(services);
}
