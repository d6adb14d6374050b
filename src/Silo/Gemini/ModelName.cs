using System.Text;

namespace GeminiChat.Silo.Gemini;

/// <summary>The name of the model that answered, as it can be stored and shown.</summary>
internal static class ModelName
{
    /// <summary>Several times the longest name that Google has given.</summary>
    public const int MaxLength = 200;

    /// <summary>The name without control characters and lone surrogates, and cut; null when nothing is left.</summary>
    public static string? Sanitize(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        // Every event repeats it: the usual one goes through as it is.
        return name.Length <= MaxLength && !name.AsSpan().ContainsAnyExceptInRange(' ', '~') ? name : Rebuild(name);
    }

    private static string? Rebuild(string name)
    {
        var clean = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > MaxLength)
            {
                break;
            }

            // A lone surrogate comes as U+FFFD.
            if (!Rune.IsControl(rune) && rune != Rune.ReplacementChar)
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.Length > 0 ? clean.ToString() : null;
    }
}
