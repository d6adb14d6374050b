using System.ComponentModel.DataAnnotations;
using GeminiChat.Gateway.Auth;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Telemetry;

namespace GeminiChat.Gateway.Settings;

/// <summary>Settings for the delivery of one-time codes.</summary>
internal sealed class OtpOptions : IValidatableObject
{
    /// <summary>The code is in the answer to the request; in Development only.</summary>
    public const string Response = "response";

    /// <summary>The code is written to the log.</summary>
    public const string Log = "log";

    /// <summary>Twilio sends the code as a text message.</summary>
    public const string Twilio = "twilio";

    private const string WrongPerNumber =
        "OTP_NUMBER_DAILY_SENDS must be a whole number from 1 to 100; 0, for no limit, is only for OTP_DELIVERY=response.";

    /// <summary>The default depends on the environment: see <see cref="SetDefault"/>.</summary>
    [ConfigurationKeyName("OTP_DELIVERY")]
    public string? Delivery { get; set; }

    /// <summary>
    /// The most messages that all processes together send in a UTC day; 0 for no limit. The upper bound exists because one
    /// count per network is stored with the budget.
    /// </summary>
    [ConfigurationKeyName("OTP_DAILY_SENDS")]
    [Range(0, 100_000, ErrorMessage = "OTP_DAILY_SENDS must be a whole number from 0 to 100000, 0 for no limit.")]
    public int DailySends { get; set; } = 10_000;

    /// <summary>
    /// The most codes that one number gets in any 24 hours, not counting codes for known devices. The upper bound exists
    /// because the times of all these codes are stored.
    /// </summary>
    [ConfigurationKeyName("OTP_NUMBER_DAILY_SENDS")]
    [Range(0, 100, ErrorMessage = WrongPerNumber)]
    public int NumberDailySends { get; set; } = 10;

    /// <summary>Prefixes of numbers that get no message, comma-separated, such as <c>+882,+883</c>.</summary>
    [ConfigurationKeyName("OTP_BLOCKED_PREFIXES")]
    public string? BlockedPrefixes { get; set; }

    /// <summary>The countries whose numbers get messages, such as <c>DE,+43</c>; blank for all.</summary>
    [ConfigurationKeyName("OTP_ALLOWED_COUNTRIES")]
    public string? AllowedCountries { get; set; }

    /// <summary>Codes of one number in any 24 hours; 0 for no limit, which is for codes in the answer.</summary>
    public int CodesPerNumberPerDay => Delivery is Response ? 0 : NumberDailySends;

    public static void SetDefault(OtpOptions options, IHostEnvironment environment) =>
        options.Delivery ??= environment.IsDevelopment() ? Response : Log;

    public static StartupReportLine ReportLine(OtpOptions options) => options.Delivery switch
    {
        Response => new("codes", "in the answer", "OTP_DELIVERY=response hands every one-time code to whoever asks for it."),
        Log => new("codes", "in the log", "OTP_DELIVERY=log writes one-time codes to the log and sends none."),
        _ => new("codes", "as text messages, by Twilio"),
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Delivery is not (Response or Log or Twilio))
        {
            yield return new($"OTP_DELIVERY must be {Response}, {Log} or {Twilio}.");
        }

        if (Delivery is Response && !validationContext.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            yield return new(
                $"OTP_DELIVERY=response hands every code to whoever asks; outside Development use OTP_DELIVERY={Twilio} or {Log}.");
        }

        if (NumberDailySends is 0 && Delivery is not Response)
        {
            yield return new(WrongPerNumber);
        }

        if (!SettingText.List(BlockedPrefixes).All(IsPrefix))
        {
            yield return new("OTP_BLOCKED_PREFIXES must be prefixes such as +882, comma-separated.");
        }

        if (!SettingText.List(AllowedCountries).All(CountryCode.IsKnown))
        {
            yield return new("OTP_ALLOWED_COUNTRIES must be ISO regions or calling codes such as DE,+43, comma-separated.");
        }
    }

    private static bool IsPrefix(string text) => text is ['+', _, ..] && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
