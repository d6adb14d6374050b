using PhoneNumbers;

namespace GeminiChat.GrainInterfaces.Numbers;

/// <summary>Numbers in E.164 form, such as <c>+4915112345678</c>.</summary>
public static class E164
{
    /// <summary>Parses a number; null when the text is not a possible number.</summary>
    /// <param name="text">The text that a user typed or pasted.</param>
    /// <param name="region">The country of a number without a country code; null for none.</param>
    public static string? ParseOrNull(string text, string? region)
    {
        try
        {
            var util = PhoneNumberUtil.GetInstance();
            var e164 = util.Format(util.Parse(PhoneNumberText.Normalize(text).Trim(), region), PhoneNumberFormat.E164);
            var possible = IsPossible(e164) ? e164 : PhoneNumberAliases.Canonical(e164);
            return IsPossible(possible) ? possible : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    /// <summary>Whether a number has a length that its country uses.</summary>
    public static bool IsPossible(string e164)
    {
        var util = PhoneNumberUtil.GetInstance();
        return util.IsPossibleNumberWithReason(util.Parse(e164, null)) is PhoneNumberUtil.ValidationResult.IS_POSSIBLE;
    }
}
