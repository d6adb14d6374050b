namespace GeminiChat.Fakes;

/// <summary>How a fake Gemini behaves whatever its scripts.</summary>
public sealed record FakeGeminiOptions
{
    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>The key to accept; null for any.</summary>
    public string? Key { get; init; } = FakeGemini.Key;

    /// <summary>Whether requests are kept to be looked at. A server that runs for long would fill the memory.</summary>
    public bool Record { get; init; } = true;

    /// <summary>What tells conversations apart; by default their first text of a user.</summary>
    public Func<RecordedRequest, string> Conversation { get; init; } = request => request.FirstText;

    /// <summary>The clock of the scripts' delays.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
