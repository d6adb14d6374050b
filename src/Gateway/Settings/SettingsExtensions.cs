using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Gateway.Settings;

/// <summary>The gateway's settings: flat names, from the environment or a <c>.env</c> file.</summary>
internal static class SettingsExtensions
{
    public static void AddSettings(this WebApplicationBuilder builder)
    {
        RejectForwardedHeadersSwitch(builder.Configuration);
        builder.AddDevelopmentSecretKey();
        var services = builder.Services;
        services.AddSettings<TokenOptions>();
        services.AddSettings<OtpOptions>().PostConfigure<IHostEnvironment>(OtpOptions.SetDefault);
        services.AddSingleton(provider => OtpOptions.ReportLine(provider.GetRequiredService<IOptions<OtpOptions>>().Value));
        services.AddSettings<TwilioOptions>();
        services.AddSettings<ClientAddressOptions>();
        services.AddSettings<RequestOptions>();
        services.AddSettings<PageOptions>();
        services.AddSettings<PublicUrlOptions>();
        services.AddSettings<ExternalIssuerOptions>().Configure<IConfiguration, IHostEnvironment>(ExternalIssuerOptions.Read);
        services.AddSettings<CorsOriginOptions>().PostConfigure<IHostEnvironment>(CorsOriginOptions.SetDefault);
        services.AddSettings<WebhookOptions>().Configure<IConfiguration>(WebhookOptions.ReadSecret);
    }

    /// <summary>Validates all settings now. The host does it too, but would log an error with a stack trace.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static void ValidateSettings(this WebApplication app) =>
        app.Services.GetRequiredService<IStartupValidator>().Validate();

    /// <summary>This switch trusts every <c>X-Forwarded-For</c>, so clients could avoid every limit per address.</summary>
    private static void RejectForwardedHeadersSwitch(IConfiguration settings)
    {
        if (string.Equals(settings["FORWARDEDHEADERS_ENABLED"], "true", StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingException(
                "ASPNETCORE_FORWARDEDHEADERS_ENABLED trusts everybody's X-Forwarded-For; name the proxies in TRUSTED_PROXIES instead.");
        }
    }
}
