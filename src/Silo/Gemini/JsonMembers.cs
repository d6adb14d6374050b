using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GeminiChat.Silo.Gemini;

/// <summary>Walks through the members of JSON objects. Each function that reads a value starts at its name.</summary>
internal static class JsonMembers
{
    /// <summary>Goes to the next name; false at the end of the object.</summary>
    public static bool NextMember(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType is JsonTokenType.PropertyName;

    /// <summary>Goes into an object or array; false when there is null in its place.</summary>
    public static bool TryEnter(ref Utf8JsonReader json, JsonTokenType start)
    {
        json.Read();
        Expect(json.TokenType == start || json.TokenType is JsonTokenType.Null);
        return json.TokenType == start;
    }

    /// <summary>The text; the last one when there is null in its place.</summary>
    public static string? ReadString(ref Utf8JsonReader json, string? last)
    {
        json.Read();
        Expect(json.TokenType is JsonTokenType.String or JsonTokenType.Null);
        return json.TokenType is JsonTokenType.Null ? last : LenientText(ref json, last);
    }

    /// <summary>The text of one member of an object; the last one when it is not there.</summary>
    public static string? ReadStringMember(ref Utf8JsonReader json, ReadOnlySpan<byte> name, string? last)
    {
        for (var isInside = TryEnter(ref json, JsonTokenType.StartObject); isInside && NextMember(ref json);)
        {
            if (json.ValueTextEquals(name))
            {
                last = ReadString(ref json, last);
            }
            else
            {
                json.Skip();
            }
        }

        return last;
    }

    /// <summary>Demands a type.</summary>
    public static void Expect(bool condition)
    {
        if (!condition)
        {
            throw new JsonException("A value has the wrong type.");
        }
    }

    /// <summary>A count; Google's JSON writes 64-bit numbers as strings. Null when it is neither.</summary>
    public static long? ReadCount(ref Utf8JsonReader json)
    {
        json.Read();
        long count = 0;
        var isCount = json.TokenType switch
        {
            JsonTokenType.Number => json.TryGetInt64(out count),
            JsonTokenType.String => Utf8Parser.TryParse(json.ValueSpan, out count, out _),
            _ => false,
        };
        json.Skip();
        return isCount ? count : null;
    }

    /// <summary>
    /// The string that the reader stands on, also one that the strict reader refuses: an escaped surrogate without its pair,
    /// which may come in the next event, is kept as it is, and bytes that are not UTF-8 become U+FFFD.
    /// </summary>
    /// <param name="json">A reader over bytes in one piece.</param>
    /// <param name="last">A string that it may well be again; that one is given back then, and nothing allocated.</param>
    private static string LenientText(ref Utf8JsonReader json, string? last)
    {
        try
        {
            return last is not null && json.ValueTextEquals(last) ? last : json.GetString() ?? string.Empty;
        }
        catch (InvalidOperationException)
        {
            return Unescape(json.ValueSpan);
        }
    }

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
