namespace GeminiChat;

/// <summary>How long tests wait for what must happen. A test that passes never waits this long.</summary>
internal static class Deadline
{
    /// <summary>Long enough for a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>A source that is canceled when the time is up.</summary>
    public static CancellationTokenSource Start() => new(Limit);
}
