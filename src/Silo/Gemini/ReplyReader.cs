using System.Text.Json;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>Turns the events of one reply into updates, and knows whether the reply is whole.</summary>
/// <remarks>
/// A finish covers the text up to it. Some services put one into every event: when text follows a finish, finishes say
/// nothing about the end in this stream, and only its clean end is one.
/// </remarks>
/// <param name="requestedModel">The model that was asked; the reply can name another that answered in its place.</param>
/// <param name="key">The API key, to keep it out of messages.</param>
internal sealed class ReplyReader(string requestedModel, string key)
{
    private readonly ReplyParser _parser = new();
    private string? _id;
    private string? _finish;
    private bool _textFollowedFinish;

    /// <summary>How the model said that the answer ended; null until it did, and when text came after it.</summary>
    public string? Finish => IsBlocked ? _parser.BlockReason : _finish;

    /// <summary>Whether nothing is missing, whatever the rest of the stream is.</summary>
    public bool IsComplete => Finish is not null && !_textFollowedFinish;

    public string Model => ModelName.Sanitize(_parser.ModelVersion) ?? requestedModel;

    /// <summary>How far the model is on its way out, if the reply says so.</summary>
    public string? ModelStage => _parser.ModelStage;

    private bool IsBlocked => FinishReasons.IsBlock(_parser.BlockReason);

    /// <summary>Reads an event; the update is null when it shows no text.</summary>
    public ChatResponseUpdate? Read(ReadOnlySpan<byte> json)
    {
        if (json.SequenceEqual("[DONE]"u8))
        {
            // The end mark of other services' streams, which proxies add.
            return null;
        }

        try
        {
            Parse(json);
        }
        catch (ModelException) when (IsComplete)
        {
            // What comes after a whole answer and is no answer takes nothing from it.
            return null;
        }

        TrackFinish();
        return _parser.Text is { } text ? Update(new TextContent(text)) : null;
    }

    /// <summary>The last update: how the answer ended, which model gave it, and what it cost.</summary>
    public ChatResponseUpdate CreateFinalUpdate()
    {
        if (Finish is not { } finish)
        {
            throw new ModelException(ModelFault.Truncated, "The stream ended before the model said that it had finished.");
        }

        // Gemini's usage is of the reply so far, and readers of updates add up: it goes out once.
        var last = _parser.Usage is { } usage ? Update(new UsageContent(usage.ToDetails())) : Update();
        last.FinishReason = IsBlocked ? ChatFinishReason.ContentFilter : FinishReasons.Map(finish);
        if (last.FinishReason == ChatFinishReason.ContentFilter)
        {
            last.AdditionalProperties = new() { ["blockReason"] = finish };
        }

        return last;
    }

    private void Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            _parser.Read(json);
            // Another id would begin another message.
            _id ??= _parser.ResponseId;
        }
        catch (Exception notJson) when (notJson is JsonException or InvalidOperationException)
        {
            // An error can come in an array, as from a stream that was asked for without alt=sse.
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
        if (_parser.Text is not null)
        {
            _textFollowedFinish |= Finish is not null;
            _finish = null;
        }

        if (FinishReasons.IsFinish(_parser.FinishReason))
        {
            _finish = _parser.FinishReason;
        }
    }

    private ChatResponseUpdate Update(params IList<AIContent> contents) =>
        new(ChatRole.Assistant, contents) { ResponseId = _id, MessageId = _id, ModelId = Model };
}
