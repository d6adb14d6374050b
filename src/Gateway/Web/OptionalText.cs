using System.Text.Json;
using System.Text.Json.Serialization;

namespace GeminiChat.Gateway.Web;

/// <summary>A text field of a PATCH request, where an absent field and null have different meanings.</summary>
[JsonConverter(typeof(OptionalTextConverter))]
internal readonly record struct OptionalText(bool IsPresent, string? Value);

internal sealed class OptionalTextConverter : JsonConverter<OptionalText>
{
    private static readonly StrictStringConverter Text = new();

    public override bool HandleNull => true;

    public override OptionalText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(true, reader.TokenType is JsonTokenType.Null ? null : Text.Read(ref reader, typeof(string), options));

    public override void Write(Utf8JsonWriter writer, OptionalText value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
