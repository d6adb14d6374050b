using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Reads text that the strict reader refuses: an escaped surrogate without its pair, which may come in the next
/// event, is kept as it is, and bytes that are not UTF-8 become U+FFFD.
/// </summary>
internal static class LenientText
{
    /// <summary>The string that the reader stands on.</summary>
    /// <param name="json">A reader over bytes in one piece.</param>
    /// <param name="last">A string that it may well be again; that one is given back then, and nothing allocated.</param>
    public static string Of(ref Utf8JsonReader json, string? last)
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
