namespace GeminiChat.Running;

/// <summary>How long outages last, and how often things are repeated. Both are small unless <c>LONG_TESTS</c> is set.</summary>
public static class TestLength
{
    /// <summary>Whether the long variants run.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("LONG_TESTS") is { Length: > 0 };

    /// <summary>Chooses by that setting.</summary>
    public static T Of<T>(T brief, T lasting) => IsLong ? lasting : brief;
}
