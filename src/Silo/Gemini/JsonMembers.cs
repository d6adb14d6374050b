using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GeminiChat.Silo.Gemini;

/// <summary>Reads the members of JSON objects. A method that reads a value starts at the member's name.</summary>
internal static class JsonMembers
{
    /// <summary>Moves to the next name; false at the end of the object.</summary>
    public static bool NextMember(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType is JsonTokenType.PropertyName;

    /// <summary>Moves into an object or array; false when the value is null.</summary>
    public static bool TryEnter(ref Utf8JsonReader json, JsonTokenType start)
    {
        json.Read();
        Expect(json.TokenType == start || json.TokenType is JsonTokenType.Null);
        return json.TokenType == start;
    }

    /// <summary>Reads a text; <paramref name="last"/> when the value is null.</summary>
    public static string? ReadString(ref Utf8JsonReader json, string? last)
    {
        json.Read();
        Expect(json.TokenType is JsonTokenType.String or JsonTokenType.Null);
        return json.TokenType is JsonTokenType.Null ? last : LenientText(ref json, last);
    }

    /// <summary>Reads the text of one member of an object; <paramref name="last"/> when there is none.</summary>
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

    public static void Expect(bool condition)
    {
        if (!condition)
        {
            throw new JsonException("A value has the wrong type.");
        }
    }

    /// <summary>Reads a number, which is a string for 64-bit numbers in Google's JSON. Null when it is neither.</summary>
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
    /// The string at the reader's position, including strings that the strict reader refuses. An escaped surrogate without its
    /// pair, which may come in the next event, is kept. Invalid UTF-8 becomes U+FFFD.
    /// </summary>
    /// <param name="json">A reader over one contiguous span.</param>
    /// <param name="last">A probable value. If the string is equal, this object is returned and nothing is allocated.</param>
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

    // The reader has validated the escapes already, but not surrogate pairs and UTF-8.
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
