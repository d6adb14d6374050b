using PhoneNumbers;

namespace GeminiChat.GrainInterfaces.Numbers;

/// <summary>Numbers in E.164 form, such as <c>+4915112345678</c>.</summary>
public static class E164
{
    /// <summary>The number that a text spells; null when it is none that is possible.</summary>
    /// <param name="text">What was typed or pasted.</param>
    /// <param name="region">The country of a number that does not say its own; null for none.</param>
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
