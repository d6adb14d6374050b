using System.Text.Json.Serialization;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>
/// A chunk of the AI SDK's UI message stream, version 1 (<see href="https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol"/>). Clients refuse a
/// whole stream because of a chunk of unknown type, and because of a member that is null, so null members are left out.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(StartChunk), "start")]
[JsonDerivedType(typeof(StartStepChunk), "start-step")]
[JsonDerivedType(typeof(ReasoningStartChunk), "reasoning-start")]
[JsonDerivedType(typeof(ReasoningDeltaChunk), "reasoning-delta")]
[JsonDerivedType(typeof(ReasoningEndChunk), "reasoning-end")]
[JsonDerivedType(typeof(TextStartChunk), "text-start")]
[JsonDerivedType(typeof(TextDeltaChunk), "text-delta")]
[JsonDerivedType(typeof(TextEndChunk), "text-end")]
[JsonDerivedType(typeof(SourceUrlChunk), "source-url")]
[JsonDerivedType(typeof(SearchSuggestionsChunk), "data-search-suggestions")]
[JsonDerivedType(typeof(MetadataChunk), "message-metadata")]
[JsonDerivedType(typeof(FinishStepChunk), "finish-step")]
[JsonDerivedType(typeof(FinishChunk), "finish")]
[JsonDerivedType(typeof(ErrorChunk), "error")]
internal abstract record UiMessageChunk
{
    private UiMessageChunk() { }

    /// <summary>The first chunk.</summary>
    /// <param name="MessageId">The id of the reply. The stored message has the same one.</param>
    /// <param name="MessageMetadata">What is known of the reply.</param>
    internal sealed record StartChunk(
        [property: JsonPropertyName("messageId")] string MessageId,
        [property: JsonPropertyName("messageMetadata")] UiMessageMetadata MessageMetadata) : UiMessageChunk;

    /// <summary>The parts of the reply follow.</summary>
    internal sealed record StartStepChunk : UiMessageChunk;

    /// <summary>A part with thinking begins.</summary>
    /// <param name="Id">Names the part.</param>
    internal sealed record ReasoningStartChunk(string Id) : UiMessageChunk;

    /// <summary>The next piece of thinking.</summary>
    /// <param name="Id">The part.</param>
    /// <param name="Delta">The piece.</param>
    internal sealed record ReasoningDeltaChunk(string Id, string Delta) : UiMessageChunk;

    /// <summary>A part with thinking ends.</summary>
    /// <param name="Id">The part.</param>
    internal sealed record ReasoningEndChunk(string Id) : UiMessageChunk;

    /// <summary>A part with text begins.</summary>
    /// <param name="Id">Names the part.</param>
    internal sealed record TextStartChunk(string Id) : UiMessageChunk;

    /// <summary>The next piece of the text.</summary>
    /// <param name="Id">The part.</param>
    /// <param name="Delta">The piece.</param>
    internal sealed record TextDeltaChunk(string Id, string Delta) : UiMessageChunk;

    /// <summary>A part with text ends.</summary>
    /// <param name="Id">The part.</param>
    internal sealed record TextEndChunk(string Id) : UiMessageChunk;

    /// <summary>A web page that the reply is based on.</summary>
    /// <param name="SourceId">Names it in the message.</param>
    /// <param name="Url">Its address.</param>
    /// <param name="Title">Its title.</param>
    internal sealed record SourceUrlChunk([property: JsonPropertyName("sourceId")] string SourceId, string Url, string Title) : UiMessageChunk;

    /// <summary>Google's search suggestions.</summary>
    /// <param name="Data">HTML that must be shown with the reply, unchanged.</param>
    internal sealed record SearchSuggestionsChunk(string Data) : UiMessageChunk;

    /// <summary>Why a reply failed, before the chunk <c>error</c>.</summary>
    /// <param name="MessageMetadata">What is known of the reply.</param>
    internal sealed record MetadataChunk([property: JsonPropertyName("messageMetadata")] UiMessageMetadata MessageMetadata) : UiMessageChunk;

    /// <summary>The parts of the reply are complete.</summary>
    internal sealed record FinishStepChunk : UiMessageChunk;

    /// <summary>The reply is stored. Only a stream with this chunk has a whole reply.</summary>
    /// <param name="FinishReason"><c>stop</c>, <c>length</c>, <c>content-filter</c>, <c>error</c> or <c>other</c>.</param>
    /// <param name="MessageMetadata">What is known of the reply.</param>
    internal sealed record FinishChunk(
        [property: JsonPropertyName("finishReason")] string FinishReason,
        [property: JsonPropertyName("messageMetadata")] UiMessageMetadata MessageMetadata) : UiMessageChunk;

    /// <summary>There is no reply.</summary>
    /// <param name="ErrorText">Why, for a person to read.</param>
    internal sealed record ErrorChunk([property: JsonPropertyName("errorText")] string ErrorText) : UiMessageChunk;
}
