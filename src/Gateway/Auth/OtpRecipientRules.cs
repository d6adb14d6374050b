using System.Globalization;
using GeminiChat.Gateway.Settings;
using GeminiChat.ServiceDefaults.Settings;
using PhoneNumbers;

namespace GeminiChat.Gateway.Auth;

/// <summary>Which numbers may get messages. Premium-rate numbers and those that the settings exclude may not.</summary>
internal sealed class OtpRecipientRules(IOptions<OtpOptions> options)
{
    private readonly string[] _blocked = SettingText.List(options.Value.BlockedPrefixes);
    private readonly string[] _countries = SettingText.List(options.Value.AllowedCountries);

    /// <summary>Why a number, in E.164 form, gets no message; null if it may get messages.</summary>
    public string? GetRejectionReason(string e164) =>
        Array.Exists(_blocked, prefix => e164.StartsWith(prefix, StringComparison.Ordinal)) ? "prefix_blocked"
        : MobileNumbers.IsPremiumRate(e164) ? "premium_rate"
        : _countries.Length > 0 && !Array.Exists(_countries, country => CountryCode.Matches(country, e164)) ? "country_not_allowed"
        : null;
}

/// <summary>Countries in settings: an ISO 3166 region, such as <c>DE</c>, or a calling code, such as <c>+49</c>.</summary>
internal static class CountryCode
{
    /// <summary>The region of numbers without a country, such as those of satellites.</summary>
    private const string Unknown = "ZZ";

    public static bool IsKnown(string country) => CallingCode(country) is { } code
        ? PhoneNumberUtil.GetInstance().GetRegionCodeForCountryCode(code) is not Unknown
        : PhoneNumberUtil.GetInstance().GetSupportedRegions().Contains(country.ToUpperInvariant());

    public static bool Matches(string country, string e164)
    {
        var util = PhoneNumberUtil.GetInstance();
        var number = util.Parse(e164, null);
        return CallingCode(country) is { } code
            ? number.CountryCode == code
            : string.Equals(util.GetRegionCodeForNumber(number), country, StringComparison.OrdinalIgnoreCase);
    }

    private static int? CallingCode(string country) =>
        country is ['+', .. var digits] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;
}
