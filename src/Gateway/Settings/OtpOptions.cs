using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>How one-time codes reach their users.</summary>
internal sealed class OtpOptions
{
    /// <summary>In the answer to the request: for development only.</summary>
    public const string Response = "response";

    /// <summary>In the log.</summary>
    public const string Log = "log";

    [ConfigurationKeyName("OTP_DELIVERY")]
    public string? Delivery { get; set; }
}

/// <summary>Picks the default, which depends on the environment, and refuses what must not run outside development.</summary>
internal sealed class OtpOptionsCheck(IHostEnvironment environment)
    : IPostConfigureOptions<OtpOptions>, IValidateOptions<OtpOptions>
{
    public void PostConfigure(string? name, OtpOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Delivery))
        {
            options.Delivery = environment.IsDevelopment() ? OtpOptions.Response : OtpOptions.Log;
        }
    }

    public ValidateOptionsResult Validate(string? name, OtpOptions options) => options.Delivery switch
    {
        OtpOptions.Log => ValidateOptionsResult.Success,
        OtpOptions.Response when environment.IsDevelopment() => ValidateOptionsResult.Success,
        OtpOptions.Response => ValidateOptionsResult.Fail(
            $"OTP_DELIVERY=response hands every code to whoever asks; outside Development use OTP_DELIVERY={OtpOptions.Log}."),
        "twilio" => ValidateOptionsResult.Fail(
            $"OTP_DELIVERY=twilio is not supported yet; use {OtpOptions.Log}, or in Development {OtpOptions.Response}."),
        _ => ValidateOptionsResult.Fail($"OTP_DELIVERY must be {OtpOptions.Response} or {OtpOptions.Log}."),
    };
}
