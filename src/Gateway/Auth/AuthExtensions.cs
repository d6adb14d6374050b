using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Identity;

namespace GeminiChat.Gateway.Auth;

internal static class AuthExtensions
{
    public static void AddAuth(this IServiceCollection services)
    {
        services.AddSingleton<AccessTokenKeys>();
        services.AddSingleton<AccessTokenService>();
        services.AddSingleton<RefreshTokenService>();
        services.AddSingleton<ValidatedTokenCache>();
        services.AddSingleton<DeviceTokenReader>();
        services.AddSingleton<SignUpTokenService>();
        services.AddSingleton<SessionValidator>();
        services.AddSingleton<SessionService>();
        services.AddSingleton<PhoneGrainLocator>();
        services.AddSingleton<IdentityService>();
        services.AddSingleton<ExternalTokens>();
        services.AddSingleton<OneTimeCodeService>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = ThrottledPasswordHasher.Iterations);
        services.AddSingleton<IPasswordHasher<ThrottledPasswordHasher>, PasswordHasher<ThrottledPasswordHasher>>();
        services.AddSingleton<ThrottledPasswordHasher>();
        services.AddSingleton<PasswordAuthenticator>();
        services.AddOtpSender();
        services.AddSingleton<AuthRateLimiter>();
        services.AddSingleton<ApiKeyRateLimiter>();
        services.AddSingleton<UserRateLimiter>();
        services.AddBearer();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, JwtBearerSetup>();
        services.AddAuthorization();
    }

    /// <summary>
    /// The same as <c>AddAuthentication().AddJwtBearer()</c> without data protection, which is for cookies and would write keys
    /// to the disk.
    /// </summary>
    private static void AddBearer(this IServiceCollection services)
    {
        services.AddAuthenticationCore(options => options.DefaultScheme = JwtBearerDefaults.AuthenticationScheme);
        services.AddOptions<AuthenticationOptions>().Configure<IOptions<ExternalIssuerOptions>>(ExternalTokens.AddSchemes);
        services.AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddScheme<JwtBearerOptions, JwtBearerHandler>(JwtBearerDefaults.AuthenticationScheme, null)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
    }

    private static void AddOtpSender(this IServiceCollection services)
    {
        services.AddSingleton<OtpRecipientRules>();
        services.AddSingleton<OtpSendLimiter>();
        services.AddSingleton<TwilioClient>();
        services.AddSingleton<IOtpSender>(provider => provider.GetRequiredService<IOptions<OtpOptions>>().Value.Delivery switch
        {
            OtpOptions.Response => new ResponseOtpSender(),
            OtpOptions.Twilio => ActivatorUtilities.CreateInstance<TwilioOtpSender>(provider),
            _ => ActivatorUtilities.CreateInstance<LogOtpSender>(provider),
        });
    }
}
