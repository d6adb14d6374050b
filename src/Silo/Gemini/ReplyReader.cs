using System.Text.Json;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>Converts the events of one response to updates, and knows whether the response is complete.</summary>
/// <remarks>
/// A finish reason is valid for the text before it. Some services put one into every event. So when text follows a finish reason,
/// finish reasons in this stream are ignored. Only the end of the stream counts.
/// </remarks>
/// <param name="requestedModel">The requested model. The response may name another one.</param>
/// <param name="key">The API key, to remove it from messages.</param>
internal sealed class ReplyReader(string requestedModel, string key)
{
    private readonly ReplyParser _parser = new();
    private string? _id;
    private string? _finish;
    private bool _textFollowedFinish;

    /// <summary>The model's finish reason; null before it, and when text came after it.</summary>
    public string? Finish => IsBlocked ? _parser.BlockReason : _finish;

    /// <summary>Whether the response is complete, whatever the rest of the stream contains.</summary>
    public bool IsComplete => Finish is not null && !_textFollowedFinish;

    public string Model => ModelName.Sanitize(_parser.ModelVersion) ?? requestedModel;

    /// <inheritdoc cref="ReplyParser.ModelStage"/>
    public string? ModelStage => _parser.ModelStage;

    private bool IsBlocked => FinishReasons.IsBlock(_parser.BlockReason);

    /// <summary>
    /// Reads an event. The update is null when the event has no text, thought, signature or sources. A reply can be stopped at any
    /// moment, so sources and usage come with the event that has them.
    /// </summary>
    public ChatResponseUpdate? Read(ReadOnlySpan<byte> json)
    {
        if (json.SequenceEqual("[DONE]"u8))
        {
            // The end mark of other services' streams, which some proxies add.
            return null;
        }

        try
        {
            Parse(json);
        }
        catch (ModelException) when (IsComplete)
        {
            // An invalid event after a complete response is ignored.
            return null;
        }

        TrackFinish();
        var grounding = _parser.Grounding.TakeChange();
        if (_parser.Parts is [] && grounding is null)
        {
            return null;
        }

        var update = Update([.. _parser.Parts.Select(static part => PartContents.Create(part.Kind, part.Text, part.Signature, part.Data))]);
        AddUsage(update);
        if (grounding is not null)
        {
            update.Contents.Add(grounding);
        }

        return update;
    }

    /// <summary>The last update: finish reason, model and token usage.</summary>
    public ChatResponseUpdate CreateFinalUpdate()
    {
        if (Finish is not { } finish)
        {
            throw new ModelException(ModelFault.Truncated, "The stream ended before the model said that it had finished.");
        }

        var last = Update();
        AddUsage(last);
        last.FinishReason = IsBlocked ? ChatFinishReason.ContentFilter : FinishReasons.Map(finish);
        if (last.FinishReason == ChatFinishReason.ContentFilter)
        {
            last.AdditionalProperties = new() { ["blockReason"] = finish };
        }

        return last;
    }

    private void AddUsage(ChatResponseUpdate update)
    {
        if (_parser.Usage is { } usage)
        {
            update.Contents.Add(new UsageContent(usage.ToDetails()));
        }
    }

    private void Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            _parser.Read(json);
            // A change of the id would start another message.
            _id ??= _parser.ResponseId;
        }
        catch (Exception notJson) when (notJson is JsonException or InvalidOperationException)
        {
            // An error can be in an array, like errors of a stream without alt=sse.
            throw GeminiError.ReadException(json) is { } error
                ? GeminiError.ToException(http: null, error, header: null, key)
                : new ModelException(ModelFault.Protocol, "An event is not the JSON of a reply.", inner: notJson);
        }

        if (_parser.IsError)
        {
            throw GeminiError.ToException(http: null, GeminiError.ReadException(json), header: null, key);
        }
    }

    private void TrackFinish()
    {
        if (_parser.HasText)
        {
            _textFollowedFinish |= Finish is not null;
            _finish = null;
        }

        if (FinishReasons.IsFinish(_parser.FinishReason))
        {
            _finish = _parser.FinishReason;
        }
    }

    private ChatResponseUpdate Update(params List<AIContent> contents) =>
        new(ChatRole.Assistant, contents) { ResponseId = _id, MessageId = _id, ModelId = Model };
}
