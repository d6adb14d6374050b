using GeminiChat.Silo.Settings;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>The gateway's settings: flat names, from the environment or a <c>.env</c> file.</summary>
internal static class SettingsExtensions
{
    public static void AddSettings(this WebApplicationBuilder builder)
    {
        builder.Configuration.AddDotEnv();
        builder.AddSecretKey();
        var services = builder.Services;
        services.AddSetting<TokenOptions, TokenOptionsCheck>();
        services.AddSetting<OtpOptions, OtpOptionsCheck>();
        services.AddSetting<TwilioOptions, TwilioOptionsCheck>();
        services.AddSetting<ClientOptions, ClientOptionsCheck>();
        services.AddSetting<PublicAddress, PublicAddressCheck>();
    }

    /// <summary>
    /// Checks every setting now. The host would do so too, but logs what it finds with a stack trace.
    /// </summary>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static void CheckSettings(this WebApplication app) =>
        app.Services.GetRequiredService<IStartupValidator>().Validate();

    private static void AddSetting<TOptions, TCheck>(this IServiceCollection services)
        where TOptions : class
        where TCheck : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>().BindConfiguration("").ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>, TCheck>();
        if (typeof(TCheck).IsAssignableTo(typeof(IPostConfigureOptions<TOptions>)))
        {
            services.AddSingleton(typeof(IPostConfigureOptions<TOptions>), typeof(TCheck));
        }
    }
}
