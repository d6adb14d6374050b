using System.Globalization;

namespace GeminiChat.Gateway.Web;

/// <summary>Reads the numbers of a query string. They are declared as text so that a wrong one gets a clear answer.</summary>
internal static class Page
{
    public static Problem BadBefore { get; } = Problems.BadRequest("before must be a message's id, a positive number.");

    /// <summary>Reads <c>limit</c>; without one, the most there may be.</summary>
    public static Problem? Limit(string? text, int max, out int limit)
    {
        limit = max;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
            && limit >= 1 && limit <= max)
                ? null
                : BadLimit(max);
    }

    public static Problem BadLimit(int max) => Problems.BadRequest($"limit must be a number from 1 to {max}.");

    /// <summary>Reads <c>before</c>, a message id; null without one.</summary>
    public static Problem? Before(string? text, out long? before)
    {
        before = null;
        if (text is null)
        {
            return null;
        }

        before = MessageId(text);
        return before is null ? BadBefore : null;
    }

    /// <summary>Reads a message's id; null when the text is none.</summary>
    public static long? MessageId(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
}
