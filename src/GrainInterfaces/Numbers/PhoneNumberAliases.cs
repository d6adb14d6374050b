using System.Text.RegularExpressions;
using PhoneNumbers;

namespace GeminiChat.GrainInterfaces.Numbers;

/// <summary>
/// The countries in which one phone has two numbers. In Mexico, mobile numbers had a prefix 1 until 2019. In Argentina,
/// calls from abroad put a 9 before the number, and domestic calls put a 15 inside it.
/// </summary>
public static partial class PhoneNumberAliases
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>The form under which new accounts are stored: without the 1 in Mexico, with the 9 in Argentina.</summary>
    public static string Canonical(string e164) =>
        MexicanWithPrefix().Match(e164) is { Success: true } mexican ? $"+52{mexican.Groups["digits"].Value}"
        : ArgentineWithBoth().Match(e164) is { Success: true } both ? Reformat($"+54{both.Groups["digits"].Value}")
        : Argentine().Match(e164) is { Success: true } argentine && IsValid($"+549{argentine.Groups["digits"].Value}")
            ? $"+549{argentine.Groups["digits"].Value}"
        : e164;

    /// <summary>
    /// All numbers under which one phone may have an account: first the given number, then the canonical one. In all
    /// other countries only the given number.
    /// </summary>
    public static string[] AllOf(string e164)
    {
        var canonical = Canonical(e164);
        string? other = canonical switch
        {
            ['+', '5', '2', .. { Length: 10 } digits] => $"+521{digits}",
            ['+', '5', '4', '9', .. { Length: 10 } digits] => $"+54{digits}",
            _ => null,
        };
        return other is null ? [canonical] : [.. new[] { e164, canonical, other }.Distinct(StringComparer.Ordinal)];
    }

    private static string Reformat(string number)
    {
        var util = PhoneNumberUtil.GetInstance();
        return util.Format(util.Parse(number, null), PhoneNumberFormat.E164);
    }

    private static bool IsValid(string e164)
    {
        var util = PhoneNumberUtil.GetInstance();
        return util.IsValidNumber(util.Parse(e164, null));
    }

    /// <summary>With the old 1, or with a prefix that was dialed inside the country.</summary>
    [GeneratedRegex(@"^\+52(?:1|01|04[45])(?<digits>[0-9]{10})\z", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MexicanWithPrefix();

    [GeneratedRegex(@"^\+54(?<digits>[0-9]{10})\z", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Argentine();

    /// <summary>With both the 9 and the 15.</summary>
    [GeneratedRegex(@"^\+549(?<digits>[0-9]{12})\z", Options, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ArgentineWithBoth();
}
