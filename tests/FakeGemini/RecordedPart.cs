using System.Text.Json;

namespace GeminiChat.Fakes;

/// <summary>A part of a turn as it was sent.</summary>
/// <param name="Json">All of it.</param>
public sealed record RecordedPart(JsonElement Json)
{
    /// <summary>The text; null for a part of another kind.</summary>
    public string? Text => Json.GetText("text");

    public bool IsThought => Json.GetMember("thought") is { ValueKind: JsonValueKind.True };

    /// <summary>The signature, in base64; null without one.</summary>
    public string? Signature => Json.GetText("thoughtSignature");

    /// <summary>The address of a file; null when the part names none.</summary>
    public string? FileUri => Json.GetMember("fileData")?.GetText("fileUri");

    /// <summary>The bytes that the part brings with it; null without any, or when they are no base64.</summary>
    public byte[]? InlineData =>
        Json.GetMember("inlineData")?.GetMember("data") is { ValueKind: JsonValueKind.String } data
        && data.TryGetBytesFromBase64(out var bytes) ? bytes : null;

    /// <summary>The media type of a file or of inline bytes.</summary>
    public string? MimeType => (Json.GetMember("inlineData") ?? Json.GetMember("fileData"))?.GetText("mimeType");

    internal bool HasMember(string name) => Json.GetMember(name) is not null;
}
