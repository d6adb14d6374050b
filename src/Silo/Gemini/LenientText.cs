using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Reads text that the strict reader refuses: an escaped surrogate without its pair, which may come in the next
/// event, is kept as it is, and bytes that are not UTF-8 become U+FFFD.
/// </summary>
internal sealed class LenientText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not JsonTokenType.String)
        {
            throw new JsonException("Text is not a string.");
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return Unescape(reader.ValueSpan);
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);

    // The reader has checked the escapes already; it leaves only pairing and UTF-8 to GetString.
    private static string Unescape(ReadOnlySpan<byte> json)
    {
        var text = new StringBuilder(json.Length);
        for (var escape = json.IndexOf((byte)'\\'); escape >= 0; escape = json.IndexOf((byte)'\\'))
        {
            text.Append(Encoding.UTF8.GetString(json[..escape]));
            var isCode = json[escape + 1] == 'u';
            text.Append(isCode ? Code(json.Slice(escape + 2, 4)) : Short(json[escape + 1]));
            json = json[(escape + (isCode ? 6 : 2))..];
        }

        return text.Append(Encoding.UTF8.GetString(json)).ToString();
    }

    private static char Code(ReadOnlySpan<byte> hex) =>
        (char)ushort.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static char Short(byte escaped) => (char)escaped switch
    {
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        var itself => itself,
    };
}
