using System.Globalization;

namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>A position in a reply's thoughts and text. Everything before it has been read.</summary>
/// <param name="Attempt">The attempt that the text belongs to.</param>
/// <param name="Offset">
/// UTF-16 code units from the start, always between two code points. Thoughts and text count together, in the order in which they came.
/// </param>
[GenerateSerializer, Immutable, Alias("geminichat.ReplyCursor")]
public readonly record struct ReplyCursor([property: Id(0)] int Attempt, [property: Id(1)] int Offset)
{
    /// <summary>The event id form, <c>attempt-offset</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Attempt}-{Offset}");

    /// <summary>Reads the form <c>attempt-offset</c>; both are non-negative decimal numbers.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ReplyCursor cursor)
    {
        var dash = text.IndexOf('-');
        var attempt = 0;
        var offset = 0;
        var isCursor = dash > 0
            && int.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out attempt)
            && int.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out offset);
        cursor = isCursor ? new ReplyCursor(attempt, offset) : default;
        return isCursor;
    }
}
