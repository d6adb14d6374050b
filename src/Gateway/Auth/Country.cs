using System.Globalization;
using PhoneNumbers;

namespace GeminiChat.Gateway.Auth;

/// <summary>Countries as a setting names them: by ISO 3166 region, such as <c>DE</c>, or calling code, such as <c>+49</c>.</summary>
internal static class Country
{
    /// <summary>What numbers of no country have, such as those of satellites.</summary>
    private const string Unknown = "ZZ";

    /// <summary>Whether a text names one.</summary>
    public static bool IsKnown(string country) => CallingCode(country) is { } code
        ? PhoneNumberUtil.GetInstance().GetRegionCodeForCountryCode(code) is not Unknown
        : PhoneNumberUtil.GetInstance().GetSupportedRegions().Contains(country.ToUpperInvariant());

    /// <summary>Whether a number in E.164 form belongs to it.</summary>
    public static bool Has(string country, string e164)
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
