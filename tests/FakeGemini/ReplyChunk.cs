using System.Text.Json;

namespace GeminiChat.Fakes;

/// <summary>What one event of a reply says.</summary>
public sealed record ReplyChunk
{
    /// <summary>Text of the answer; null for an event without content.</summary>
    public string? Text { get; init; }

    /// <summary>Whether the text is the model's thinking aloud.</summary>
    public bool IsThought { get; init; }

    /// <summary>How the answer ended; null while it goes on.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Why the prompt was refused; there is no candidate then.</summary>
    public string? BlockReason { get; init; }

    /// <summary>The ticket for going on, in base64.</summary>
    public string? ContinuationToken { get; init; }

    /// <summary>How far the model is on its way out.</summary>
    public string? ModelStage { get; init; }

    /// <summary>Adds fields that no client knows.</summary>
    public bool HasUnknownFields { get; init; }

    internal void Write(Utf8JsonWriter json, ReplyMetadata facts)
    {
        facts.Count(this);
        json.WriteStartObject();
        WriteBody(json);
        WriteUsage(json, facts);
        json.WriteString("modelVersion", facts.ModelVersion);
        json.WriteString("responseId", facts.ResponseId);
        if (HasUnknownFields)
        {
            json.WritePropertyName("fromTheFuture");
            json.WriteRawValue("""{"list":[1,null,{"deep":true}]}""");
        }

        json.WriteEndObject();
    }

    private void WriteBody(Utf8JsonWriter json)
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
        WriteContent(json);
        WriteIfSet(json, "finishReason", FinishReason);
        WriteIfSet(json, "continuationToken", ContinuationToken);
        json.WriteEndObject();
        json.WriteEndArray();
        if (ModelStage is not null)
        {
            json.WriteStartObject("modelStatus");
            json.WriteString("modelStage", ModelStage);
            json.WriteEndObject();
        }
    }

    private void WriteContent(Utf8JsonWriter json)
    {
        if (Text is null)
        {
            return;
        }

        json.WriteStartObject("content");
        json.WriteStartArray("parts");
        json.WriteStartObject();
        json.WriteString("text", Text);
        if (IsThought)
        {
            json.WriteBoolean("thought", value: true);
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("role", "model");
        json.WriteEndObject();
    }

    private static void WriteIfSet(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    // As recorded: the usage of the reply so far in every event, the count of candidates with the last one only, and a
    // count of the prompt that changes on the way.
    private void WriteUsage(Utf8JsonWriter json, ReplyMetadata facts)
    {
        var isLast = FinishReason is not null;
        var prompt = isLast ? facts.PromptTokens : facts.PromptTokens + 1;
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", prompt);
        if (isLast)
        {
            json.WriteNumber("candidatesTokenCount", facts.AnswerTokens);
        }

        if (facts.ThoughtTokens > 0)
        {
            json.WriteNumber("thoughtsTokenCount", facts.ThoughtTokens);
        }

        json.WriteNumber("totalTokenCount", prompt + (isLast ? facts.AnswerTokens : 0) + facts.ThoughtTokens);
        json.WriteStartArray("promptTokensDetails");
        json.WriteStartObject();
        json.WriteString("modality", "TEXT");
        json.WriteNumber("tokenCount", prompt);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
