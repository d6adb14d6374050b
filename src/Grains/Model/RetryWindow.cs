namespace GeminiChat.Grains.Model;

/// <summary>How long calls of the model for one reply may start. Belongs to one caller at a time.</summary>
/// <remarks>
/// It begins when the reply first has a place among the calls, and anew when a pause ends that the model asked for: a
/// pause takes nothing from it.
/// </remarks>
/// <param name="length">Its length, and the longest pause that is waited for.</param>
/// <param name="maxPauses">How many pauses are waited for.</param>
public sealed class RetryWindow(TimeSpan length, int maxPauses)
{
    private DateTimeOffset? _pausedUntil;
    private int _pauses;

    /// <summary>No call may start after it; null before it has begun.</summary>
    public DateTimeOffset? End { get; private set; }

    /// <summary>Begins it, if that has not happened yet.</summary>
    public void Begin(DateTimeOffset now) => End ??= now + length;

    /// <summary>Begins it anew after a pause. Safe to repeat for the same pause.</summary>
    /// <returns>False when the pause is longer than anyone waits, or one too many.</returns>
    public bool TryExtend(DateTimeOffset now, DateTimeOffset pausedUntil)
    {
        if (_pausedUntil == pausedUntil)
        {
            return true;
        }

        if (pausedUntil - now > length || _pauses >= maxPauses)
        {
            return false;
        }

        _pauses++;
        (_pausedUntil, End) = (pausedUntil, pausedUntil + length);
        return true;
    }
}
