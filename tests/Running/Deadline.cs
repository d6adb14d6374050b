namespace GeminiChat.Running;

/// <summary>How long tests wait for what should come at once. A busy machine may need most of it.</summary>
public static class Deadline
{
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    /// <summary>A deadline that begins now.</summary>
    public static CancellationTokenSource Start() => new(Timeout);
}
