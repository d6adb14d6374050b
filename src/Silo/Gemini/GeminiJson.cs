using System.Text.Json.Serialization;

namespace GeminiChat.Silo.Gemini;

/// <summary>What the streaming method takes; see <see href="https://ai.google.dev/api/generate-content"/>.</summary>
internal sealed record GenerateContentRequest(
    IReadOnlyList<Content> Contents,
    Content? SystemInstruction,
    GenerationConfig? GenerationConfig);

/// <summary>A turn. The role is <c>user</c> or <c>model</c>, and absent from system instructions.</summary>
internal sealed record Content(string? Role, List<Part>? Parts);

internal sealed record Part
{
    [JsonConverter(typeof(LenientText))]
    public string? Text { get; init; }

    /// <summary>Set on the model's thinking aloud, which is not its answer.</summary>
    public bool? Thought { get; init; }
}

internal sealed record GenerationConfig
{
    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public int? TopK { get; init; }

    public int? MaxOutputTokens { get; init; }

    public IList<string>? StopSequences { get; init; }

    public long? Seed { get; init; }

    public float? PresencePenalty { get; init; }

    public float? FrequencyPenalty { get; init; }
}

/// <summary>One event of the stream: a piece of the answer, or an error.</summary>
internal sealed record GenerateContentResponse
{
    public List<Candidate>? Candidates { get; init; }

    public PromptFeedback? PromptFeedback { get; init; }

    public UsageMetadata? UsageMetadata { get; init; }

    [JsonConverter(typeof(RepeatedText))]
    public string? ModelVersion { get; init; }

    public string? ResponseId { get; init; }

    public ModelStatus? ModelStatus { get; init; }

    public RpcStatus? Error { get; init; }
}

/// <summary>A candidate answer; its content is absent when a filter withheld it.</summary>
internal sealed record Candidate(Content? Content, string? FinishReason);

internal sealed record PromptFeedback(string? BlockReason);

/// <summary>Tokens of the whole reply so far; only the last one of a stream counts.</summary>
internal sealed record UsageMetadata(
    long? PromptTokenCount,
    long? CachedContentTokenCount,
    long? CandidatesTokenCount,
    long? ThoughtsTokenCount,
    long? TotalTokenCount);

/// <summary>How far the model is on its way out: STABLE, LEGACY, DEPRECATED or RETIRED.</summary>
internal sealed record ModelStatus(string? ModelStage);

internal sealed record ErrorEnvelope(RpcStatus? Error);

/// <summary>An error as Google's interfaces give it: <c>google.rpc.Status</c>.</summary>
internal sealed record RpcStatus(int? Code, string? Message, string? Status, List<RpcDetail>? Details);

/// <summary>The members of ErrorInfo, RetryInfo and QuotaFailure that matter here.</summary>
internal sealed record RpcDetail(string? Reason, string? RetryDelay, List<QuotaViolation>? Violations);

internal sealed record QuotaViolation(string? QuotaId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(GenerateContentRequest))]
[JsonSerializable(typeof(GenerateContentResponse))]
[JsonSerializable(typeof(ErrorEnvelope))]
[JsonSerializable(typeof(List<ErrorEnvelope>))]
internal sealed partial class GeminiJson : JsonSerializerContext;
