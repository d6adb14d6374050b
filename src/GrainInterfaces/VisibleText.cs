using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace GeminiChat.GrainInterfaces;

/// <summary>Functions for the visible part of a text.</summary>
public static class VisibleText
{
    /// <summary>The marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9, 2).</summary>
    private static readonly SearchValues<char> Bidi = SearchValues.Create(
        "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    /// <summary>
    /// Characters that look blank although Unicode classifies them as letters, symbols or marks (fillers, joiners, the
    /// Braille blank).
    /// </summary>
    private static readonly SearchValues<char> Blank = SearchValues.Create(
        "\u034F\u115F\u1160\u17B4\u17B5\u180B\u180C\u180D\u180F\u2800\u3164\uFFA0"
        + "\uFE00\uFE01\uFE02\uFE03\uFE04\uFE05\uFE06\uFE07\uFE08\uFE09\uFE0A\uFE0B\uFE0C\uFE0D\uFE0E\uFE0F");

    /// <summary>Whether a text has a visible character: not only white space, control, format and filling characters.</summary>
    public static bool HasVisibleCharacter(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsVisible(rune))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The text without bidirectional control characters, which could reverse the direction of the text around it.
    /// </summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? WithoutBidi(string? text) =>
        text.AsSpan().ContainsAny(Bidi) ? string.Concat(text!.Where(static c => !Bidi.Contains(c))) : text;

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,

        // Code points that Unicode says to ignore by default (UAX #44), and noncharacters.
        _ when rune.Value is 0x2065 or 0x16FE4 or 0x1D159 or (>= 0xE0000 and <= 0xE0FFF) || (rune.Value & 0xFFFE) == 0xFFFE => false,
        _ => !rune.IsBmp || !Blank.Contains((char)rune.Value),
    };
}
