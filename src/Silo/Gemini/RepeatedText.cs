using System.Text.Json;
using System.Text.Json.Serialization;

namespace GeminiChat.Silo.Gemini;

/// <summary>Reads text that every event repeats, and allocates it only when it changes.</summary>
internal sealed class RepeatedText : JsonConverter<string>
{
    [ThreadStatic]
    private static string? _last;

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not JsonTokenType.String)
        {
            throw new JsonException("Text is not a string.");
        }

        return _last is not null && reader.ValueTextEquals(_last) ? _last : _last = reader.GetString();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
