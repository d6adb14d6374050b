using System.Text.Json;

namespace GeminiChat.Fakes;

/// <summary>What every event of a reply repeats, and the tokens that it counts up.</summary>
internal sealed class ReplyMetadata(RecordedRequest request, ThoughtSignatures signatures)
{
    private readonly (string Modality, int Tokens)[] _prompt =
    [
        .. request.Turns.SelectMany(turn => turn.Parts)
            .Select(TokenCounter.Count)
            .Append(("TEXT", TokenCounter.Count(request.System ?? string.Empty)))
            .GroupBy(count => count.Item1, (modality, counts) => (modality, counts.Sum(count => count.Item2)))
            .Where(count => count.Item2 > 0),
    ];

    private bool _isSigned;

    public string ModelVersion { get; set; } = request.Model;

    public string ResponseId { get; } = "fake-" + request.Number;

    private int AnswerTokens { get; set; }

    private int ThoughtTokens { get; set; }

    private int ToolTokens { get; set; }

    public void Count(ReplyChunk piece)
    {
        var tokens = TokenCounter.Count(piece.Text ?? string.Empty);
        AnswerTokens += piece.IsThought ? 0 : tokens;
        ThoughtTokens += piece.IsThought ? tokens : 0;
        ToolTokens += piece.ToolTokens;
    }

    /// <summary>The signature of the reply, for the first part that is to be signed; null for the others and for models that do not sign.</summary>
    public string? Sign()
    {
        if (_isSigned || ModelFamily.Of(request.Model) is not { Signs: true })
        {
            return null;
        }

        _isSigned = true;
        return signatures.Sign(request.Model, ResponseId);
    }

    // As recorded: the usage of the reply so far in every event, the count of candidates with the last one only, and a
    // count of the prompt that changes on the way.
    public void WriteUsage(Utf8JsonWriter json, bool isLast)
    {
        var prompt = _prompt.Sum(count => count.Tokens) + (isLast ? 0 : 1);
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", prompt);
        Write(json, "cachedContentTokenCount", request.CachedTokens);
        if (isLast)
        {
            json.WriteNumber("candidatesTokenCount", AnswerTokens);
        }

        Write(json, "toolUsePromptTokenCount", ToolTokens);
        Write(json, "thoughtsTokenCount", ThoughtTokens);
        json.WriteNumber("totalTokenCount", prompt + (isLast ? AnswerTokens : 0) + ToolTokens + ThoughtTokens);
        WriteDetails(json, "promptTokensDetails", _prompt);
        WriteDetails(json, "cacheTokensDetails", [("TEXT", request.CachedTokens)]);
        WriteDetails(json, "toolUsePromptTokensDetails", [("TEXT", ToolTokens)]);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, int tokens)
    {
        if (tokens > 0)
        {
            json.WriteNumber(name, tokens);
        }
    }

    private static void WriteDetails(Utf8JsonWriter json, string name, (string Modality, int Tokens)[] counts)
    {
        if (counts.Sum(count => count.Tokens) == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var (modality, tokens) in counts)
        {
            json.WriteStartObject();
            json.WriteString("modality", modality);
            json.WriteNumber("tokenCount", tokens);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
