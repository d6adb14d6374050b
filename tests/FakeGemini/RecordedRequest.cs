using System.Text.Json;

namespace GeminiChat.Fakes;

/// <summary>A turn as it was sent.</summary>
/// <param name="Role">The role, <c>user</c> or <c>model</c>.</param>
/// <param name="Parts">Its parts.</param>
public sealed record RecordedContent(string? Role, IReadOnlyList<RecordedPart> Parts)
{
    /// <summary>The texts of its parts, thoughts left out.</summary>
    public IReadOnlyList<string> Texts => [.. Parts.Where(part => !part.IsThought).Select(part => part.Text).OfType<string>()];

    /// <summary>The texts, joined.</summary>
    public string Text => string.Concat(Texts);
}

/// <summary>A call as it came over the wire.</summary>
public sealed class RecordedRequest
{
    private readonly TaskCompletionSource<bool> _closedEarly = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Counts up from 1, in the order of arrival.</summary>
    public int Number { get; internal set; }

    public required string Version { get; init; }

    /// <summary>The name of the model; empty in calls that name none.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// <c>streamGenerateContent</c> or <c>generateContent</c>; or of the other calls, <c>countTokens</c>, <c>models.get</c>,
    /// <c>models.list</c>, <c>files.start</c>, <c>files.upload</c>, <c>files.get</c>, <c>files.list</c>, <c>files.delete</c>.
    /// </summary>
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

    /// <summary>The key that the caller sent; empty without one.</summary>
    public string Key => Headers.GetValueOrDefault("x-goog-api-key", string.Empty);

    /// <summary>The tokens of the prompt that an earlier request to this model began with, too; 0 below the threshold.</summary>
    public int CachedTokens { get; internal set; }

    /// <summary>The names of the tools that the model may use.</summary>
    public IReadOnlyList<string> Tools =>
        [.. Body.GetItems("tools").Where(tool => tool.ValueKind is JsonValueKind.Object).SelectMany(tool => tool.EnumerateObject()).Select(tool => tool.Name)];

    /// <summary>How the model is to think; null when the request does not say.</summary>
    public JsonElement? ThinkingConfig => Body.GetMember("generationConfig")?.GetMember("thinkingConfig");

    /// <summary>Whether the thoughts are to be told.</summary>
    public bool IncludesThoughts => ThinkingConfig?.GetMember("includeThoughts") is { ValueKind: JsonValueKind.True };

    public string FirstText => Turns.FirstOrDefault(turn => turn.Role is "user")?.Text ?? string.Empty;

    public string LastText => Turns.Count > 0 ? Turns[^1].Text : string.Empty;

    /// <summary>Done when the call is over: true when the client left before the script was done.</summary>
    public Task<bool> WasClosedByClient => _closedEarly.Task;

    internal void End(bool closedEarly) => _closedEarly.TrySetResult(closedEarly);

    /// <summary>What of an event the caller asked for; null for nothing.</summary>
    internal ReplyChunk? Asked(ReplyChunk piece)
    {
        var isCode = piece.Part?.Any(member => member.Key is "executableCode" or "codeExecutionResult") is true;
        if ((piece.IsThought && !IncludesThoughts) || (isCode && !Tools.Contains("codeExecution", StringComparer.Ordinal)))
        {
            return piece.FinishReason is null ? null : piece with { Text = null, Part = null };
        }

        var readsPages = Tools.Contains("urlContext", StringComparer.Ordinal);
        return piece with
        {
            Grounding = readsPages || Tools.Contains("googleSearch", StringComparer.Ordinal) ? piece.Grounding : null,
            UrlContext = readsPages ? piece.UrlContext : null,
        };
    }
}
