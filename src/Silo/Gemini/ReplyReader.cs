using System.Text.Json;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>Turns the events of one reply into updates, and knows whether the reply is whole.</summary>
/// <param name="requestedModel">The model that was asked; the reply can name another that answered in its place.</param>
/// <param name="key">The API key, to keep it out of messages.</param>
internal sealed class ReplyReader(string requestedModel, string key)
{
    private readonly ReplyParser _said = new();
    private string? _id;

    /// <summary>How the model said that the answer ended; null until it did.</summary>
    public string? Finish => _said.BlockReason ?? _said.FinishReason;

    public string Model => ModelName.Clean(_said.ModelVersion) ?? requestedModel;

    /// <summary>How far the model is on its way out, if the reply says so.</summary>
    public string? Stage => _said.ModelStage;

    /// <summary>Reads an event; the update is null when it shows no text.</summary>
    public ChatResponseUpdate? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            _said.Read(json);
            // Another id would begin another message.
            _id ??= _said.ResponseId;
        }
        catch (Exception notJson) when (notJson is JsonException or InvalidOperationException)
        {
            // An error can come in an array, as from a stream that was asked for without alt=sse.
            throw GeminiError.Read(json) is { } error
                ? GeminiError.ToException(http: null, error, header: null, key)
                : new ModelException(ModelFault.Protocol, "An event is not the JSON of a reply.", inner: notJson);
        }

        if (_said.IsError)
        {
            throw GeminiError.ToException(http: null, GeminiError.Read(json), header: null, key);
        }

        return _said.Text is { } text ? Update(new TextContent(text)) : null;
    }

    /// <summary>The last update: how the answer ended, which model gave it, and what it cost.</summary>
    public ChatResponseUpdate End()
    {
        if (Finish is not { } finish)
        {
            throw new ModelException(ModelFault.Truncated, "The stream ended before the model said that it had finished.");
        }

        // Gemini's usage is of the reply so far, and readers of updates add up: it goes out once.
        var last = _said.Usage is { } usage ? Update(new UsageContent(usage.ToDetails())) : Update();
        last.FinishReason = _said.BlockReason is null ? FinishReasons.Map(finish) : ChatFinishReason.ContentFilter;
        if (last.FinishReason == ChatFinishReason.ContentFilter)
        {
            last.AdditionalProperties = new() { ["blockReason"] = finish };
        }

        return last;
    }

    private ChatResponseUpdate Update(params IList<AIContent> contents) =>
        new(ChatRole.Assistant, contents) { ResponseId = _id, MessageId = _id, ModelId = Model };
}
