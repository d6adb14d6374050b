using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>Writes chunks as server-sent events. Only one part with text or thinking is open at a time. The caller flushes.</summary>
internal sealed class UiMessageChunkWriter(PipeWriter pipe)
{
    private readonly Utf8JsonWriter _json = new(pipe, new JsonWriterOptions { Encoder = Json.Encoder, SkipValidation = true });
    private string? _openPart;
    private bool _isThought;
    private int _parts;

    /// <summary>Whether text of the reply was written.</summary>
    public bool HasText { get; private set; }

    /// <summary>Writes a piece of text or thinking, and begins a part for it unless one is open.</summary>
    public void WriteText(string text, bool isThought)
    {
        if (_openPart is not null && _isThought != isThought)
        {
            EndPart();
        }

        if (_openPart is null)
        {
            (_openPart, _isThought) = (UiMessage.IdOf(++_parts), isThought);
            Write(isThought ? new UiMessageChunk.ReasoningStartChunk(_openPart) : new UiMessageChunk.TextStartChunk(_openPart));
        }

        HasText |= !isThought;
        Write(isThought ? new UiMessageChunk.ReasoningDeltaChunk(_openPart, text) : new UiMessageChunk.TextDeltaChunk(_openPart, text));
    }

    /// <summary>Ends the open part, if there is one.</summary>
    public void EndPart()
    {
        if (_openPart is { } part)
        {
            Write(_isThought ? new UiMessageChunk.ReasoningEndChunk(part) : new UiMessageChunk.TextEndChunk(part));
            _openPart = null;
        }
    }

    public void Write(UiMessageChunk chunk)
    {
        pipe.Write("data: "u8);
        JsonSerializer.Serialize(_json, chunk, Json.Context.UiMessageChunk);
        _json.Flush();
        _json.Reset();
        pipe.Write("\n\n"u8);
    }

    /// <summary>The client skips comments.</summary>
    public void WritePing() => pipe.Write(": ping\n"u8);

    /// <summary>The last event. It is no JSON.</summary>
    public void WriteDone() => pipe.Write("data: [DONE]\n\n"u8);
}
