using GeminiChat.Gateway.Settings;
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
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerTokens>();
        services.AddAuthorization();
    }

    private static IOtpSender Sender(IServiceProvider services) =>
        services.GetRequiredService<IOptions<OtpOptions>>().Value.Delivery is OtpOptions.Response
            ? new ResponseOtpSender()
            : ActivatorUtilities.CreateInstance<LogOtpSender>(services);
}
