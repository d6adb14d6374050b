using System.Globalization;
using System.Text.RegularExpressions;

namespace GeminiChat.Fakes;

/// <summary>What the name of a model says of it. Of names that Gemini does not have it says nothing.</summary>
internal sealed partial record ModelFamily(string Kind, int Major, int Minor)
{
    public static ModelFamily? Of(string model)
    {
        if (Latest().Match(model) is { Success: true } alias)
        {
            return new ModelFamily(alias.Groups["kind"].Value, int.MaxValue, 0);
        }

        return Numbered().Match(model) is { Success: true } match
            ? new ModelFamily(match.Groups["kind"].Value, Number(match, "major"), Number(match, "minor"))
            : null;
    }

    public bool Thinks => Major > 2 || (Major, Minor) is (2, 5);

    /// <summary>Whether it signs its parts.</summary>
    public bool Signs => Major > 2;

    public bool TakesBudget => (Major, Minor) is (2, 5) || (Major == 3 && Kind is "pro-image");

    public bool TakesLevel => Thinks && !TakesBudget;

    public bool TakesMinimal => Kind is not "pro" && !(Kind is "flash" && (Major > 3 || (Major == 3 && Minor >= 7)));

    /// <summary>Whether a budget is one of this model's; −1 leaves it to the model.</summary>
    public bool IsInRange(int budget) => Kind switch
    {
        _ when budget is -1 => true,
        "pro" => budget is >= 128 and <= 32_768,
        _ => budget is >= 0 and <= 24_576,
    };

    private static int Number(Match match, string group) =>
        match.Groups[group] is { Success: true, Value: var digits } ? int.Parse(digits, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^gemini-(?<major>\d+)(\.(?<minor>\d+))?-(?<kind>(flash-lite|pro-image|flash-image|[a-z]+))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbered();

    [GeneratedRegex("^gemini-(?<kind>(flash-lite|flash|pro))-latest$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Latest();
}
