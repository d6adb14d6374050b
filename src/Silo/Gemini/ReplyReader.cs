using System.Text.Json;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>Turns the events of one reply into updates, and knows whether the reply is whole.</summary>
/// <param name="requestedModel">The model that was asked; the reply can name another that answered in its place.</param>
/// <param name="key">The API key, to keep it out of messages.</param>
internal sealed class ReplyReader(string requestedModel, string key)
{
    private UsageMetadata? _usage;
    private string? _blocked;
    private string? _finish;
    private string? _id;

    /// <summary>How the model said that the answer ended; null until it did.</summary>
    public string? Finish => _blocked ?? _finish;

    public string Model { get; private set; } = requestedModel;

    /// <summary>How far the model is on its way out, if the reply says so.</summary>
    public string? Stage { get; private set; }

    /// <summary>Reads an event; the update is null when it shows no text.</summary>
    public ChatResponseUpdate? Read(ReadOnlySpan<byte> json)
    {
        var piece = Parse(json);
        if (piece.Error is { } error)
        {
            throw GeminiError.ToException(http: null, error, header: null, key);
        }

        var candidate = piece.Candidates is [var first, ..] ? first : null;
        Model = piece.ModelVersion ?? Model;
        Stage = piece.ModelStatus?.ModelStage ?? Stage;
        _id ??= piece.ResponseId;
        _usage = piece.UsageMetadata ?? _usage;
        _blocked = piece.PromptFeedback?.BlockReason ?? _blocked;
        _finish = candidate?.FinishReason ?? _finish;
        return TextOf(candidate) is { } text ? Update(new TextContent(text)) : null;
    }

    /// <summary>The last update: how the answer ended, which model gave it, and what it cost.</summary>
    public ChatResponseUpdate End()
    {
        if (Finish is not { } finish)
        {
            throw new ModelException(ModelFault.Truncated, "The stream ended before the model said that it had finished.");
        }

        var last = _usage is null ? Update() : Update(new UsageContent(Details(_usage)));
        last.FinishReason = _blocked is null ? FinishReasons.Map(finish) : ChatFinishReason.ContentFilter;
        if (last.FinishReason == ChatFinishReason.ContentFilter)
        {
            last.AdditionalProperties = new() { ["blockReason"] = finish };
        }

        return last;
    }

    private static GenerateContentResponse Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var piece = json[0] is (byte)'['
                ? new() { Error = GeminiError.Read(json) ?? throw new JsonException("An array that is no error.") }
                : JsonSerializer.Deserialize(json, GeminiJson.Default.GenerateContentResponse);
            return piece ?? throw new JsonException("Null.");
        }
        catch (JsonException notJson)
        {
            throw new ModelException(ModelFault.Protocol, "An event is not the JSON of a reply.", inner: notJson);
        }
    }

    private static string? TextOf(Candidate? candidate)
    {
        string? text = null;
        foreach (var part in candidate?.Content?.Parts ?? [])
        {
            if (part is { Thought: not true, Text.Length: > 0 })
            {
                text = text is null ? part.Text : text + part.Text;
            }
        }

        return text;
    }

    // Gemini counts thoughts apart from the answer; UsageDetails wants them within the output.
    private static UsageDetails Details(UsageMetadata usage) => new()
    {
        InputTokenCount = usage.PromptTokenCount,
        CachedInputTokenCount = usage.CachedContentTokenCount,
        OutputTokenCount = (usage.CandidatesTokenCount ?? 0) + (usage.ThoughtsTokenCount ?? 0),
        ReasoningTokenCount = usage.ThoughtsTokenCount,
        TotalTokenCount = usage.TotalTokenCount,
    };

    // Gemini's usage is of the reply so far, and readers of updates add up: it goes out once, at the end.
    private ChatResponseUpdate Update(params IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _id,
        MessageId = _id,
        ModelId = Model,
    };
}
