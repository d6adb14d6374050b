using System.Text.RegularExpressions;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>Finds settings whose names look like ours but are not, such as <c>GEMINI_MODLE</c>.</summary>
internal static partial class UnknownSettings
{
    private const int MaxWarnings = 10;
    private const int MaxDistance = 2;
    private const int LettersPerEdit = 4;
    private const int RegexTimeoutMs = 1000;

    /// <summary>A first word that so many settings share is not one of another program.</summary>
    private const int FamilySize = 3;

    /// <summary>Libraries read these. They have more names than we know.</summary>
    private static readonly string[] PrefixesOfLibraries =
    [
        "ASPNETCORE_", "AWS_", "DOTNET_", "GOOGLE_", "OTEL_",
    ];

    /// <summary>The names in <c>.env.example</c>. A test checks that these are all settings of the programs.</summary>
    private static readonly Lazy<HashSet<string>> Known = new(() =>
    {
        using var example = typeof(UnknownSettings).Assembly.GetManifestResourceStream("GeminiChat.ServiceDefaults.env.example")!;
        using var reader = new StreamReader(example);
        return [.. Setting().Matches(reader.ReadToEnd()).Select(match => match.Groups["name"].Value)];
    });

    /// <summary>Logs a warning for each.</summary>
    public static void Warn(IConfiguration settings, ILogger logger)
    {
        foreach (var (name, nearest) in settings.GetChildren().Select(child => child.Key).Select(Find).OfType<(string, string)>().Take(MaxWarnings))
        {
            Log.Unknown(logger, name, nearest);
        }
    }

    /// <summary>The name with the known one that is most similar; null when it is known, or another program's.</summary>
    internal static (string Name, string Nearest)? Find(string name)
    {
        var upper = name.ToUpperInvariant();
        if (Known.Value.Contains(NumberAtEnd().Replace(upper, ""))
            || Array.Exists(PrefixesOfLibraries, prefix => upper.StartsWith(prefix, StringComparison.Ordinal)))
        {
            return null;
        }

        var (nearest, distance) = Known.Value.Select(known => (Name: known, Distance: EditDistance(upper, known)))
            .OrderBy(known => known.Distance).ThenBy(known => known.Name, StringComparer.Ordinal).First();
        return distance <= Math.Min(MaxDistance, upper.Length / LettersPerEdit) || IsFamily(upper) ? (name, nearest) : null;
    }

    private static bool IsFamily(string name) =>
        name.IndexOf('_', StringComparison.Ordinal) is > 0 and var end
        && Known.Value.Count(known => known.StartsWith(name[..(end + 1)], StringComparison.Ordinal)) >= FamilySize;

    /// <summary>How many letters must be added, removed or replaced to make one name of the other (Levenshtein).</summary>
    private static int EditDistance(string left, string right)
    {
        var distances = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var row = 1; row <= left.Length; row++)
        {
            var diagonal = distances[0];
            distances[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var replaced = diagonal + (left[row - 1] == right[column - 1] ? 0 : 1);
                diagonal = distances[column];
                distances[column] = Math.Min(replaced, 1 + Math.Min(distances[column - 1], diagonal));
            }
        }

        return distances[^1];
    }

    [GeneratedRegex("^#?(?<name>[A-Z][A-Z0-9_]+)=", RegexOptions.Multiline | RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex Setting();

    // Of the second and further issuers and webhooks.
    [GeneratedRegex("(?<=^(OIDC|WEBHOOK)_[A-Z]+)_[2-9]$", RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex NumberAtEnd();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Setting} is set, but there is no such setting. The most similar one is {Nearest}")]
        public static partial void Unknown(ILogger logger, string setting, string nearest);
    }
}
