using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <summary>What one event of a reply says.</summary>
public sealed record ReplyChunk
{
    /// <summary>Text of the answer; null for an event without content.</summary>
    public string? Text { get; init; }

    /// <summary>Whether the text is the model's thinking aloud. It goes out to callers that asked for thoughts.</summary>
    public bool IsThought { get; init; }

    /// <summary>A part of another kind, in place of a text.</summary>
    public JsonObject? Part { get; init; }

    /// <summary>Whether the part carries the signature of the reply, unless one before it does. Only models from 3 on sign.</summary>
    public bool IsSigned { get; init; }

    /// <summary>How the answer ended; null while it goes on.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Why the prompt was refused; there is no candidate then.</summary>
    public string? BlockReason { get; init; }

    /// <summary>The ticket for going on, in base64.</summary>
    public string? ContinuationToken { get; init; }

    /// <summary>What the answer rests on. It goes out to callers that asked for a tool.</summary>
    public JsonObject? Grounding { get; init; }

    /// <summary>The pages that were read. It goes out to callers that asked for the tool.</summary>
    public JsonObject? UrlContext { get; init; }

    /// <summary>The tokens of what a tool gave to the model.</summary>
    public int ToolTokens { get; init; }

    /// <summary>How far the model is on its way out.</summary>
    public string? ModelStage { get; init; }

    /// <summary>Adds fields that no client knows.</summary>
    public bool HasUnknownFields { get; init; }

    internal bool HasContent => Text is not null || Part is not null;

    /// <summary>The parts of a reply in one body: texts of the same kind are one part, up to one that is signed.</summary>
    internal static IEnumerable<ReplyChunk> Join(IEnumerable<ReplyChunk> pieces)
    {
        var parts = new List<ReplyChunk>();
        foreach (var piece in pieces.Where(piece => piece.HasContent))
        {
            if (parts is [.., { Text: { } before, IsSigned: false } last] && piece.Text is not null && last.IsThought == piece.IsThought)
            {
                parts[^1] = piece with { Text = before + piece.Text };
            }
            else
            {
                parts.Add(piece);
            }
        }

        return parts;
    }

    /// <summary>Writes the event. Its content has the parts of these pieces.</summary>
    internal void Write(Utf8JsonWriter json, IEnumerable<ReplyChunk> parts, ReplyMetadata facts)
    {
        json.WriteStartObject();
        WriteBody(json, parts, facts);
        facts.WriteUsage(json, isLast: FinishReason is not null);
        json.WriteString("modelVersion", facts.ModelVersion);
        json.WriteString("responseId", facts.ResponseId);
        if (HasUnknownFields)
        {
            json.WritePropertyName("fromTheFuture");
            json.WriteRawValue("""{"list":[1,null,{"deep":true}]}""");
        }

        json.WriteEndObject();
    }

    private void WriteBody(Utf8JsonWriter json, IEnumerable<ReplyChunk> parts, ReplyMetadata facts)
    {
        if (BlockReason is not null)
        {
            json.WriteStartObject("promptFeedback");
            json.WriteString("blockReason", BlockReason);
            json.WriteEndObject();
            return;
        }

        json.WriteStartArray("candidates");
        json.WriteStartObject();
        WriteContent(json, [.. parts.Where(part => part.HasContent)], facts);
        WriteIfSet(json, "finishReason", FinishReason);
        WriteIfSet(json, "continuationToken", ContinuationToken);
        WriteIfSet(json, "groundingMetadata", Grounding);
        WriteIfSet(json, "urlContextMetadata", UrlContext);
        json.WriteEndObject();
        json.WriteEndArray();
        if (ModelStage is not null)
        {
            json.WriteStartObject("modelStatus");
            json.WriteString("modelStage", ModelStage);
            json.WriteEndObject();
        }
    }

    private static void WriteContent(Utf8JsonWriter json, ReplyChunk[] parts, ReplyMetadata facts)
    {
        if (parts is [])
        {
            return;
        }

        json.WriteStartObject("content");
        json.WriteStartArray("parts");
        foreach (var part in parts)
        {
            part.WritePart(json, part.IsSigned ? facts.Sign() : null);
        }

        json.WriteEndArray();
        json.WriteString("role", "model");
        json.WriteEndObject();
    }

    private void WritePart(Utf8JsonWriter json, string? signature)
    {
        json.WriteStartObject();
        WriteIfSet(json, "text", Text);
        foreach (var (name, value) in Part ?? [])
        {
            json.WritePropertyName(name);
            value!.WriteTo(json);
        }

        if (IsThought)
        {
            json.WriteBoolean("thought", value: true);
        }

        WriteIfSet(json, "thoughtSignature", signature);
        json.WriteEndObject();
    }

    private static void WriteIfSet(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteIfSet(Utf8JsonWriter json, string name, JsonObject? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }
}
