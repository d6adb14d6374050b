using System.Globalization;
using System.Text.RegularExpressions;

namespace GeminiChat.Silo.Gemini;

/// <summary>Reads how long Gemini asks its callers to wait.</summary>
internal static partial class RetryDelay
{
    private static readonly TimeSpan Max = TimeSpan.FromDays(2);

    /// <summary>The wait in an error's RetryInfo, else in the text of its message; null when there is none.</summary>
    public static TimeSpan? FromError(RpcStatus? error)
    {
        var info = error?.Details?.Find(detail => detail?.RetryDelay is not null)?.RetryDelay;
        return Parse(info) ?? FromMessage(error?.Message);
    }

    /// <summary>Reads <c>34.07s</c> or <c>900ms</c>; null for anything else.</summary>
    public static TimeSpan? Parse(string? duration) => duration switch
    {
        null => null,
        _ when duration.EndsWith("ms", StringComparison.Ordinal) => Seconds(duration[..^2], 0.001),
        _ when duration.EndsWith('s') => Seconds(duration[..^1], 1),
        _ => null,
    };

    private static TimeSpan? FromMessage(string? message)
    {
        var found = message is null ? Match.Empty : MessagePattern().Match(message);
        return found.Success
            ? Parse(found.Groups["rest"].Value) + ParseUnit(found, "hours", 3600) + ParseUnit(found, "minutes", 60)
            : null;
    }

    private static TimeSpan ParseUnit(Match found, string group, int seconds) =>
        found.Groups[group].Success ? Seconds(found.Groups[group].Value, seconds) ?? TimeSpan.Zero : TimeSpan.Zero;

    private static TimeSpan? Seconds(string number, double unit)
    {
        var isNumber = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count);

        // The parser accepts "NaN", for which the comparison is false.
        return isNumber && count >= 0 ? TimeSpan.FromSeconds(Math.Min(count * unit, Max.TotalSeconds)) : null;
    }

    // The wait for a day's quota looks like 19h21m4.2s.
    [GeneratedRegex(
        @"Please retry in ((?<hours>\d{1,4})h)?((?<minutes>\d{1,4})m(?!s))?(?<rest>\d[0-9.]*(ms|s))",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex MessagePattern();
}
