using System.Text.Json;
using static GeminiChat.Silo.Gemini.JsonMembers;

namespace GeminiChat.Silo.Gemini;

/// <summary>Reads the events of a response. Of members that events repeat it keeps the last value.</summary>
/// <remarks>
/// Without a generated serializer, because it runs for every event of every response: the serializer allocates 2 KB for an event
/// of a few words, most of it for its stack. Unknown members are skipped.
/// </remarks>
internal sealed class ReplyParser
{
    /// <summary>The parts of the last event that have text or a signature, in their order.</summary>
    public List<ReplyPartText> Parts { get; } = [];

    /// <summary>Whether the last event has text or thoughts.</summary>
    public bool HasText { get; private set; }

    /// <summary>Whether the last event is an error.</summary>
    public bool IsError { get; private set; }

    /// <summary>The finish reason of the last event; null when it has none.</summary>
    public string? FinishReason { get; private set; }

    public string? BlockReason { get; private set; }

    public string? ModelVersion { get; private set; }

    public string? ResponseId { get; private set; }

    /// <summary>The model's stage: STABLE, LEGACY, DEPRECATED or RETIRED.</summary>
    public string? ModelStage { get; private set; }

    /// <summary>The tokens of the response so far; null until the model reports them.</summary>
    public ReplyUsage? Usage { get; private set; }

    /// <summary>What the response is based on.</summary>
    public GroundingReader Grounding { get; } = new();

    /// <summary>Reads an event.</summary>
    /// <exception cref="JsonException">The event is not the JSON of a response.</exception>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        (HasText, FinishReason, IsError) = (false, null, false);
        Parts.Clear();
        var json = new Utf8JsonReader(bytes);
        json.Read();
        Expect(json.TokenType is JsonTokenType.StartObject);
        while (NextMember(ref json))
        {
            ReadMember(ref json);
        }

        // Throws when more data follows.
        json.Read();
    }

    private void ReadMember(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("candidates"u8))
        {
            ReadCandidates(ref json);
        }
        else if (json.ValueTextEquals("usageMetadata"u8))
        {
            Usage = ReplyUsage.Read(ref json, Usage);
        }
        else if (json.ValueTextEquals("modelVersion"u8))
        {
            ModelVersion = ReadString(ref json, ModelVersion);
        }
        else if (json.ValueTextEquals("responseId"u8))
        {
            ResponseId = ReadString(ref json, ResponseId);
        }
        else if (json.ValueTextEquals("promptFeedback"u8))
        {
            BlockReason = ReadStringMember(ref json, "blockReason"u8, BlockReason);
        }
        else if (json.ValueTextEquals("modelStatus"u8))
        {
            ModelStage = ReadStringMember(ref json, "modelStage"u8, ModelStage);
        }
        else
        {
            var isError = json.ValueTextEquals("error"u8);
            json.Read();
            IsError |= isError && json.TokenType is not JsonTokenType.Null;
            json.Skip();
        }
    }

    // Requests ask for one candidate only.
    private void ReadCandidates(ref Utf8JsonReader json)
    {
        if (!TryEnter(ref json, JsonTokenType.StartArray))
        {
            return;
        }

        for (var isFirst = true; json.Read() && json.TokenType is not JsonTokenType.EndArray; isFirst = false)
        {
            if (isFirst && json.TokenType is JsonTokenType.StartObject)
            {
                ReadCandidate(ref json);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void ReadCandidate(ref Utf8JsonReader json)
    {
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("content"u8))
            {
                ReadContent(ref json);
            }
            else if (json.ValueTextEquals("finishReason"u8))
            {
                FinishReason = ReadString(ref json, FinishReason);
            }
            else if (json.ValueTextEquals("groundingMetadata"u8))
            {
                Grounding.ReadSearch(ref json);
            }
            else if (json.ValueTextEquals("urlContextMetadata"u8))
            {
                Grounding.ReadPages(ref json);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void ReadContent(ref Utf8JsonReader json)
    {
        for (var isInside = TryEnter(ref json, JsonTokenType.StartObject); isInside && NextMember(ref json);)
        {
            if (!json.ValueTextEquals("parts"u8))
            {
                json.Skip();
            }
            else if (TryEnter(ref json, JsonTokenType.StartArray))
            {
                ReadParts(ref json);
            }
        }
    }

    private void ReadParts(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType is not JsonTokenType.EndArray)
        {
            Expect(json.TokenType is JsonTokenType.StartObject);
            ReadPart(ref json);
        }
    }

    private void ReadPart(ref Utf8JsonReader json)
    {
        var part = new ReplyPartText(ReplyPartKind.Text, Text: "", Signature: null, Data: null);
        while (NextMember(ref json))
        {
            part = ReadPartMember(ref json, part);
        }

        if (part.Text.Length > 0 || part.Signature is not null)
        {
            HasText |= part.Text.Length > 0;
            Parts.Add(part);
        }
    }

    private static ReplyPartText ReadPartMember(ref Utf8JsonReader json, ReplyPartText part)
    {
        if (json.ValueTextEquals("text"u8))
        {
            return part with { Text = ReadString(ref json, last: null) ?? "" };
        }

        if (json.ValueTextEquals("thoughtSignature"u8))
        {
            return part with { Signature = ReadString(ref json, last: null) };
        }

        if (json.ValueTextEquals("executableCode"u8))
        {
            return CodeBlock.Read(ref json, ReplyPartKind.Code) is var (code, data) ? new(ReplyPartKind.Code, code, part.Signature, data) : part;
        }

        if (json.ValueTextEquals("codeExecutionResult"u8))
        {
            return CodeBlock.Read(ref json, ReplyPartKind.CodeResult) is var (output, data) ? new(ReplyPartKind.CodeResult, output, part.Signature, data) : part;
        }

        var isThought = json.ValueTextEquals("thought"u8);
        json.Read();
        isThought &= json.TokenType is JsonTokenType.True;
        json.Skip();
        return isThought ? part with { Kind = ReplyPartKind.Thought } : part;
    }
}

/// <summary>A part of a response.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text.</param>
/// <param name="Signature">The model's signature; null for none.</param>
/// <param name="Data">See <see cref="ReplyPart.Data"/>.</param>
internal readonly record struct ReplyPartText(ReplyPartKind Kind, string Text, string? Signature, string? Data = null);
