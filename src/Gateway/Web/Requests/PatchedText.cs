using System.Text.Json;
using System.Text.Json.Serialization;

namespace GeminiChat.Gateway.Web;

/// <summary>A text field of a PATCH request, where an absent one and null mean different things.</summary>
/// <param name="IsGiven">Whether the body has the field.</param>
/// <param name="Value">Its value.</param>
[JsonConverter(typeof(PatchedTextConverter))]
internal readonly record struct PatchedText(bool IsGiven, string? Value);

/// <summary>Reads a field that is there; one that is not keeps its default.</summary>
internal sealed class PatchedTextConverter : JsonConverter<PatchedText>
{
    private static readonly InputTextConverter Text = new();

    public override bool HandleNull => true;

    public override PatchedText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(true, reader.TokenType is JsonTokenType.Null ? null : Text.Read(ref reader, typeof(string), options));

    public override void Write(Utf8JsonWriter writer, PatchedText value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
