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

    /// <summary>
    /// The state of a file by its media type and its age: <c>ACTIVE</c>, <c>PROCESSING</c> (as long videos are for some
    /// seconds) or <c>FAILED</c>.
    /// </summary>
    public Func<string, TimeSpan, string> FileState { get; init; } = (_, _) => "ACTIVE";

    /// <summary>
    /// The tokens that a prompt must have in common with an earlier one to count as cached. Gemini's models want 2,048 or
    /// 4,096, which are many words for a test.
    /// </summary>
    public int CacheThreshold { get; init; } = 64;

    /// <summary>The models in its list.</summary>
    public IReadOnlyList<FakeModel> Models { get; init; } = FakeModel.Defaults;

    /// <summary>The clock of the scripts' delays and of the files.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
