using System.Text.Json;

namespace GeminiChat.Fakes;

/// <summary>A turn as it was sent.</summary>
/// <param name="Role">The role, <c>user</c> or <c>model</c>.</param>
/// <param name="Texts">The texts of its parts.</param>
public sealed record RecordedContent(string? Role, IReadOnlyList<string> Texts)
{
    /// <summary>The parts, joined.</summary>
    public string Text => string.Concat(Texts);
}

/// <summary>A call of the model, as it came over the wire.</summary>
public sealed class RecordedRequest
{
    private readonly TaskCompletionSource<bool> _closedEarly = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Counts up from 1, in the order of arrival.</summary>
    public int Number { get; internal set; }

    public required string Version { get; init; }

    public required string Model { get; init; }

    /// <summary><c>streamGenerateContent</c> or <c>generateContent</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The path with the query.</summary>
    public required string Path { get; init; }

    /// <summary>Whether events were asked for, by <c>alt=sse</c>; else the stream is one JSON array.</summary>
    public required bool IsSse { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The body; undefined when it was not JSON.</summary>
    public required JsonElement Body { get; init; }

    public required IReadOnlyList<RecordedContent> Turns { get; init; }

    /// <summary>The system instruction; null without one.</summary>
    public required string? System { get; init; }

    public string FirstText => Turns.FirstOrDefault(turn => turn.Role is "user")?.Text ?? string.Empty;

    public string LastText => Turns.Count > 0 ? Turns[^1].Text : string.Empty;

    /// <summary>Done when the call is over: true when the client left before the script was done.</summary>
    public Task<bool> WasClosedByClient => _closedEarly.Task;

    internal void End(bool closedEarly) => _closedEarly.TrySetResult(closedEarly);
}
