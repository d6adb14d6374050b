using GeminiChat.GrainInterfaces;

namespace GeminiChat.Gateway.Web;

/// <summary>The rules for text that users write.</summary>
internal static class Text
{
    /// <summary>What is wrong with a field that must be there; null when nothing is.</summary>
    public static string? Required(string field, string? text, int min, int max) =>
        text is null ? $"{field} is required." : Optional(field, text, min, max);

    /// <summary>
    /// What is wrong with a field that must be there and be seen: text without a visible character is empty. Null when
    /// nothing is.
    /// </summary>
    public static string? Visible(string field, string? text, int max) =>
        Required(field, text, 1, max)
        ?? (VisibleText.HasVisibleCharacter(text) ? null : $"{field} is empty: it must have a visible character.");

    /// <summary>What is wrong with a field that may be absent; null when nothing is.</summary>
    public static string? Optional(string field, string? text, int min, int max)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length < min || text.Length > max)
        {
            return min > 0
                ? $"{field} must have {min} to {max} characters; it has {text.Length}."
                : $"{field} must have at most {max} characters; it has {text.Length}.";
        }

        return text.Contains('\0', StringComparison.Ordinal) ? $"{field} must not hold the character NUL." : null;
    }
}
