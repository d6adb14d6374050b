using System.Globalization;

namespace GeminiChat.Silo.Store;

/// <summary>The arguments of <c>keys create</c>.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="CreatedAt">The current time.</param>
/// <param name="ExpiresAt">The first moment at which the key is not valid; null for never.</param>
internal sealed record NewApiKey(string Name, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    private const int MaxNameLength = 100;
    private const int MaxDays = 3650;

    /// <summary>Parses the words after <c>keys create</c>.</summary>
    /// <exception cref="FormatException">The words are wrong; the message says how.</exception>
    public static NewApiKey Parse(string[] words, DateTimeOffset now)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in words.Chunk(2))
        {
            if (pair is not ["--scope" or "--name" or "--expires", var value] || !given.TryAdd(pair[0], value))
            {
                throw new FormatException($"{pair[0]} is not known, has no value, or is there twice.");
            }
        }

        if (given.GetValueOrDefault("--scope") is not "users")
        {
            throw new FormatException("--scope must be users.");
        }

        if (given.GetValueOrDefault("--name")?.Trim() is not { Length: > 0 and <= MaxNameLength } name || name.Any(char.IsControl))
        {
            throw new FormatException($"--name is needed, with 1 to {MaxNameLength} characters.");
        }

        return new NewApiKey(name, now, given.GetValueOrDefault("--expires") is { } expires ? now + ParseDuration(expires) : null);
    }

    private static TimeSpan ParseDuration(string text)
    {
        var isNumber = int.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return text is [_, .., 'd'] && isNumber && number is > 0 and <= MaxDays ? TimeSpan.FromDays(number)
            : text is [_, .., 'h'] && isNumber && number is > 0 and <= MaxDays * 24 ? TimeSpan.FromHours(number)
            : throw new FormatException($"--expires must be days or hours, such as 90d or 12h, at most {MaxDays}d.");
    }
}
