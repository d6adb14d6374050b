using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GeminiChat.Silo.Gemini;

/// <summary>The request of the streaming method; see <see href="https://ai.google.dev/api/generate-content"/>.</summary>
internal sealed record GenerateContentRequest(
    IReadOnlyList<Content> Contents,
    Content? SystemInstruction,
    GenerationConfig? GenerationConfig,
    IReadOnlyList<Tool>? Tools = null,
    IReadOnlyList<SafetySetting>? SafetySettings = null);

/// <summary>A message. The role is <c>user</c> or <c>model</c>; system instructions have none.</summary>
internal sealed record Content(string? Role, List<Part> Parts);

/// <summary>A part of a message. Its kind is the member that is set.</summary>
internal sealed record Part(string? Text, bool? Thought = null, string? ThoughtSignature = null)
{
    public JsonObject? ExecutableCode { get; init; }

    public JsonObject? CodeExecutionResult { get; init; }

    public FileData? FileData { get; init; }

    public InlineData? InlineData { get; init; }
}

/// <summary>A file of Gemini's Files API.</summary>
internal sealed record FileData(string FileUri, string MimeType);

/// <summary>Bytes within the request.</summary>
internal sealed record InlineData(string MimeType, ReadOnlyMemory<byte> Data);

/// <summary>An answer of the Files API; see <see href="https://ai.google.dev/api/files"/>.</summary>
internal sealed record GeminiFileEnvelope(GeminiFile? File);

internal sealed record GeminiFile(string? Name, string? Uri, string? State, DateTimeOffset? ExpirationTime)
{
    public bool IsActive => State == "ACTIVE";
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

    public ThinkingConfig? ThinkingConfig { get; init; }
}

/// <summary>How much the model thinks. Gemini refuses a request with both a budget and a level.</summary>
internal sealed record ThinkingConfig(bool? IncludeThoughts, int? ThinkingBudget, string? ThinkingLevel);

/// <summary>Something that Gemini can do itself while it answers. Exactly one member is set.</summary>
internal sealed record Tool(ToolSettings? GoogleSearch = null, ToolSettings? UrlContext = null, ToolSettings? CodeExecution = null);

/// <summary>The settings of a tool; none are used here.</summary>
internal sealed record ToolSettings;

/// <summary>From which probability on content of a category is withheld.</summary>
internal sealed record SafetySetting(string Category, string Threshold);

/// <summary>A page of the list of models; see <see href="https://ai.google.dev/api/models"/>.</summary>
internal sealed record ModelListPage(List<ListedModel>? Models, string? NextPageToken);

internal sealed record ListedModel(string? Name, string? DisplayName, int? InputTokenLimit);

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
[JsonSerializable(typeof(GeminiFileEnvelope))]
[JsonSerializable(typeof(ErrorEnvelope))]
[JsonSerializable(typeof(ModelListPage))]
[JsonSerializable(typeof(GroundingMetadata))]
[JsonSerializable(typeof(UrlContextMetadata))]
[JsonSerializable(typeof(List<ErrorEnvelope>))]
internal sealed partial class GeminiJson : JsonSerializerContext;
