using System.Globalization;
using GeminiChat.Gateway.Auth;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>How one-time codes reach their users.</summary>
internal sealed class OtpOptions
{
    /// <summary>In the answer to the request: for development only.</summary>
    public const string Response = "response";

    /// <summary>In the log.</summary>
    public const string Log = "log";

    /// <summary>As a text message, by Twilio.</summary>
    public const string Twilio = "twilio";

    /// <summary>As many moments are kept with every number.</summary>
    private const int MostPerNumber = 100;

    /// <summary>The count of each network that had a message is stored with the budget.</summary>
    private const int MostPerDay = 100_000;

    private const int DefaultSends = 10_000;
    private const int DefaultPerNumber = 10;

    [ConfigurationKeyName("OTP_DELIVERY")]
    public string? Delivery { get; set; }

    /// <summary>The most messages that all processes together send in a UTC day; 0 for no limit.</summary>
    [ConfigurationKeyName("OTP_DAILY_SENDS")]
    public string? DailySends { get; set; }

    /// <summary>The most codes that one number gets in any 24 hours, those of known devices apart.</summary>
    [ConfigurationKeyName("OTP_NUMBER_DAILY_SENDS")]
    public string? NumberDailySends { get; set; }

    /// <summary>What numbers that get no message begin with, comma-separated, such as <c>+882,+883</c>.</summary>
    [ConfigurationKeyName("OTP_BLOCKED_PREFIXES")]
    public string? BlockedPrefixes { get; set; }

    /// <summary>The countries whose numbers get messages, such as <c>DE,+43</c>; blank for all.</summary>
    [ConfigurationKeyName("OTP_ALLOWED_COUNTRIES")]
    public string? AllowedCountries { get; set; }

    /// <summary>Null when the setting is no number from 0 to 100,000.</summary>
    public int? MostSends => Number(DailySends, DefaultSends) is { } number and <= MostPerDay ? number : null;

    /// <summary>
    /// Codes of one number in any 24 hours; 0 for no limit, which is only where whoever asks gets the code. Null when the
    /// setting is no number from 1 to 100.
    /// </summary>
    public int? CodesPerDay => Number(NumberDailySends, DefaultPerNumber) switch
    {
        null or > MostPerNumber => null,
        _ when Delivery is Response => 0,
        0 => null,
        var number => number,
    };

    private static int? Number(string? setting, int otherwise) => string.IsNullOrWhiteSpace(setting) ? otherwise
        : int.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : null;

    /// <summary>Where codes go, as the program says at its start.</summary>
    public static StartupReportLine Line(OtpOptions options) => options.Delivery switch
    {
        Response => new StartupReportLine("codes", "in the answer", "OTP_DELIVERY=response hands every one-time code to whoever asks for it."),
        Log => new StartupReportLine("codes", "in the log", "OTP_DELIVERY=log writes one-time codes to the log and sends none."),
        _ => new StartupReportLine("codes", "as text messages, by Twilio"),
    };
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

    public ValidateOptionsResult Validate(string? name, OtpOptions options)
    {
        var flaws = new[] { DeliveryFlaw(options.Delivery), NumbersFlaw(options) }.OfType<string>().ToList();
        return flaws.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(flaws);
    }

    private string? DeliveryFlaw(string? delivery) => delivery switch
    {
        OtpOptions.Log or OtpOptions.Twilio => null,
        OtpOptions.Response when environment.IsDevelopment() => null,
        OtpOptions.Response =>
            "OTP_DELIVERY=response hands every code to whoever asks; outside Development use " +
            $"OTP_DELIVERY={OtpOptions.Twilio} or {OtpOptions.Log}.",
        _ => $"OTP_DELIVERY must be {OtpOptions.Response}, {OtpOptions.Log} or {OtpOptions.Twilio}.",
    };

    private static string? NumbersFlaw(OtpOptions options)
    {
        var isPrefix = (string text) => text is ['+', _, ..] && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
        return options.MostSends is null ? "OTP_DAILY_SENDS must be a whole number from 0 to 100000, 0 for no limit."
            : options.CodesPerDay is null ? "OTP_NUMBER_DAILY_SENDS must be a whole number from 1 to 100; 0, for no limit, is only for OTP_DELIVERY=response."
            : !Words.Of(options.BlockedPrefixes).All(isPrefix) ? "OTP_BLOCKED_PREFIXES must be prefixes such as +882, comma-separated."
            : !Words.Of(options.AllowedCountries).All(Country.IsKnown)
                ? "OTP_ALLOWED_COUNTRIES must be ISO regions or calling codes such as DE,+43, comma-separated."
            : null;
    }
}
