namespace GeminiChat.Running;

/// <summary>The real clock, set forward by the test. Timers run as ever.</summary>
public sealed class AdjustableTimeProvider : TimeProvider
{
    private TimeSpan _shift;

    public void Advance(TimeSpan by) => _shift += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _shift;
}
