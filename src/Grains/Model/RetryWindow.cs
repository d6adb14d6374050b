namespace GeminiChat.Grains.Model;

/// <summary>The period in which calls of the model may start for one reply. One caller uses it at a time.</summary>
/// <remarks>
/// The window begins when the reply first gets a place among the concurrent calls. It begins again at the end of each
/// pause that the model asked for, so a pause does not shorten it.
/// </remarks>
/// <param name="length">The length of the window, and the longest pause that is waited for.</param>
/// <param name="maxPauses">The maximum number of pauses that are waited for.</param>
public sealed class RetryWindow(TimeSpan length, int maxPauses)
{
    private DateTimeOffset? _pausedUntil;
    private int _pauses;

    /// <summary>No call may start after this time; null before the window has begun.</summary>
    public DateTimeOffset? End { get; private set; }

    /// <summary>Begins the window if it has not begun yet.</summary>
    public void Begin(DateTimeOffset now) => End ??= now + length;

    /// <summary>Begins the window again after a pause. Safe to repeat for the same pause.</summary>
    /// <returns>False when the pause is longer than the maximum, or when there were too many pauses.</returns>
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
