using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>The Twilio account that sends codes, when <c>OTP_DELIVERY=twilio</c>.</summary>
internal sealed class TwilioOptions
{
    private const string DefaultBase = "https://api.twilio.com";

    [ConfigurationKeyName("TWILIO_ACCOUNT_SID")]
    public string? AccountSid { get; set; }

    [ConfigurationKeyName("TWILIO_AUTH_TOKEN")]
    public string? AuthToken { get; set; }

    /// <summary>The sender: a number in E.164 form, or a name.</summary>
    [ConfigurationKeyName("TWILIO_FROM")]
    public string? From { get; set; }

    /// <summary>In place of a sender; wins over <see cref="From"/>.</summary>
    [ConfigurationKeyName("TWILIO_MESSAGING_SERVICE_SID")]
    public string? MessagingServiceSid { get; set; }

    /// <summary>An origin.</summary>
    [ConfigurationKeyName("TWILIO_API_BASE")]
    public string? ApiBase { get; set; }

    /// <summary>The resource that sends messages; null when the setting for the origin is wrong.</summary>
    public Uri? Messages =>
        Uri.TryCreate(string.IsNullOrWhiteSpace(ApiBase) ? DefaultBase : ApiBase, UriKind.Absolute, out var origin)
        && (origin.Scheme == Uri.UriSchemeHttps || origin.Scheme == Uri.UriSchemeHttp)
        && origin is { PathAndQuery: "/", UserInfo: "" }
            ? new Uri(origin, $"/2010-04-01/Accounts/{AccountSid}/Messages.json")
            : null;
}

/// <summary>One line for each setting that is wrong, when Twilio is to be used at all.</summary>
internal sealed class TwilioOptionsCheck(IOptions<OtpOptions> otp) : IValidateOptions<TwilioOptions>
{
    public ValidateOptionsResult Validate(string? name, TwilioOptions options)
    {
        var flaws = IsUsed() ? Flaws(options).ToList() : [];
        return flaws.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(flaws);
    }

    private bool IsUsed()
    {
        try
        {
            return otp.Value.Delivery is OtpOptions.Twilio;
        }
        catch (OptionsValidationException)
        {
            // Told by the check of those options.
            return false;
        }
    }

    private static IEnumerable<string> Flaws(TwilioOptions options)
    {
        if (options.AccountSid is not { Length: > 0 } sid || !sid.All(char.IsAsciiLetterOrDigit))
        {
            yield return "TWILIO_ACCOUNT_SID must be the account's SID; OTP_DELIVERY=twilio needs it.";
        }

        if (string.IsNullOrWhiteSpace(options.AuthToken))
        {
            yield return "TWILIO_AUTH_TOKEN is not set; OTP_DELIVERY=twilio needs it.";
        }

        if (string.IsNullOrWhiteSpace(options.From) && string.IsNullOrWhiteSpace(options.MessagingServiceSid))
        {
            yield return "TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID must be set; OTP_DELIVERY=twilio needs one.";
        }

        if (options.Messages is null)
        {
            yield return "TWILIO_API_BASE must be an origin such as https://api.twilio.com, without a path.";
        }
    }
}
