using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Gateway.Auth;

/// <summary>Signing up and in.</summary>
internal static class AuthExtensions
{
    public static void AddAuth(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TokenKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<RefreshTokens>();
        services.AddSingleton<KnownTokens>();
        services.AddSingleton<KnownDevices>();
        services.AddSingleton<SignUpTokens>();
        services.AddSingleton<SessionCheck>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<Phones>();
        services.AddSingleton<OneTimeCodeService>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = Passwords.Iterations);
        services.AddSingleton<IPasswordHasher<Passwords>, PasswordHasher<Passwords>>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<PasswordCheck>();
        services.AddOtpSender();
        services.AddSingleton<AuthLimit>();
        services.AddSingleton<UserLimit>();
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

    private static void AddOtpSender(this IServiceCollection services)
    {
        services.AddSingleton<SendRules>();
        services.AddSingleton<SendBudget>();
        services.AddSingleton<TwilioClient>();
        services.AddSingleton<IOtpSender>(provider => Delivery(provider) switch
        {
            OtpOptions.Response => new ResponseOtpSender(),
            OtpOptions.Twilio => ActivatorUtilities.CreateInstance<TwilioOtpSender>(provider),
            _ => ActivatorUtilities.CreateInstance<LogOtpSender>(provider),
        });
    }

    private static string? Delivery(IServiceProvider services) =>
        services.GetRequiredService<IOptions<OtpOptions>>().Value.Delivery;
}
