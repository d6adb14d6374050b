using System.Text;

namespace GeminiChat.Silo.Gemini;

/// <summary>Makes a model's name safe to store and to show.</summary>
internal static class ModelName
{
    /// <summary>The maximum length: several times the longest name of Google's models.</summary>
    public const int MaxLength = 200;

    /// <summary>
    /// The name without control characters and lone surrogates, cut to the maximum length; null when nothing is left.
    /// </summary>
    public static string? Sanitize(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        // Every event repeats the name, so a normal one is returned without a copy.
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

            // A lone surrogate is enumerated as U+FFFD.
            if (!Rune.IsControl(rune) && rune != Rune.ReplacementChar)
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.Length > 0 ? clean.ToString() : null;
    }
}
