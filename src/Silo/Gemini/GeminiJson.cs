using System.Text.Json.Serialization;

namespace GeminiChat.Silo.Gemini;

/// <summary>The request of the streaming method; see <see href="https://ai.google.dev/api/generate-content"/>.</summary>
internal sealed record GenerateContentRequest(
    IReadOnlyList<Content> Contents,
    Content? SystemInstruction,
    GenerationConfig? GenerationConfig);

/// <summary>A message. The role is <c>user</c> or <c>model</c>; system instructions have none.</summary>
internal sealed record Content(string? Role, List<Part> Parts);

internal sealed record Part(string Text, bool? Thought = null, string? ThoughtSignature = null);

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

internal sealed record ErrorEnvelope(RpcStatus? Error);

/// <summary>An error of Google's interfaces: <c>google.rpc.Status</c>.</summary>
internal sealed record RpcStatus(int? Code, string? Message, string? Status, List<RpcDetail>? Details);

/// <summary>The members of ErrorInfo, RetryInfo and QuotaFailure that are used here.</summary>
internal sealed record RpcDetail(string? Reason, string? RetryDelay, List<QuotaViolation>? Violations);

internal sealed record QuotaViolation(string? QuotaId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(GenerateContentRequest))]
[JsonSerializable(typeof(ErrorEnvelope))]
[JsonSerializable(typeof(List<ErrorEnvelope>))]
internal sealed partial class GeminiJson : JsonSerializerContext;
