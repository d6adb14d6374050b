using System.ComponentModel.DataAnnotations;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Gateway.Settings;

/// <summary>The Twilio account that sends codes if <c>OTP_DELIVERY=twilio</c>.</summary>
internal sealed class TwilioOptions : IValidatableObject
{
    [ConfigurationKeyName("TWILIO_ACCOUNT_SID")]
    public string? AccountSid { get; set; }

    [ConfigurationKeyName("TWILIO_AUTH_TOKEN")]
    public string? AuthToken { get; set; }

    /// <summary>The sender: a number in E.164 form, or a name.</summary>
    [ConfigurationKeyName("TWILIO_FROM")]
    public string? From { get; set; }

    /// <summary>Takes precedence over <see cref="From"/>.</summary>
    [ConfigurationKeyName("TWILIO_MESSAGING_SERVICE_SID")]
    public string? MessagingServiceSid { get; set; }

    /// <summary>An origin.</summary>
    [ConfigurationKeyName("TWILIO_API_BASE")]
    public string ApiBase { get; set; } = "https://api.twilio.com";

    /// <summary>The settings are validated only if Twilio is used.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        IsUsed(validationContext.GetRequiredService<IOptions<OtpOptions>>()) ? Wrong().Select(line => new ValidationResult(line)) : [];

    private static bool IsUsed(IOptions<OtpOptions> otp)
    {
        try
        {
            return otp.Value.Delivery is OtpOptions.Twilio;
        }
        catch (OptionsValidationException)
        {
            // The validation of those options reports the error.
            return false;
        }
    }

    private IEnumerable<string> Wrong()
    {
        if (AccountSid?.All(char.IsAsciiLetterOrDigit) is not true)
        {
            yield return "TWILIO_ACCOUNT_SID must be the account's SID; OTP_DELIVERY=twilio needs it.";
        }

        if (AuthToken is null)
        {
            yield return "TWILIO_AUTH_TOKEN is not set; OTP_DELIVERY=twilio needs it.";
        }

        if (From is null && MessagingServiceSid is null)
        {
            yield return "TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID must be set; OTP_DELIVERY=twilio needs one.";
        }

        if (!SettingText.IsOrigin(ApiBase))
        {
            yield return "TWILIO_API_BASE must be an origin such as https://api.twilio.com, without a path.";
        }
    }
}
