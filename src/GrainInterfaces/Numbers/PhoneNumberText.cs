using System.Globalization;
using System.Text;

namespace GeminiChat.GrainInterfaces.Numbers;

/// <summary>Normalizes numbers that people paste from contacts, chats and web pages.</summary>
public static class PhoneNumberText
{
    /// <summary>
    /// The text with digits of any script as ASCII digits, any space character as a space and any dash as a hyphen.
    /// Invisible format characters are removed, such as those that set the text direction.
    /// </summary>
    public static string Normalize(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.Format:
                    break;
                case UnicodeCategory.DecimalDigitNumber:
                    clean.Append((char)('0' + (int)Rune.GetNumericValue(rune)));
                    break;
                case UnicodeCategory.SpaceSeparator:
                case UnicodeCategory.Control when rune.Value is '\t' or '\r' or '\n':
                    clean.Append(' ');
                    break;
                case UnicodeCategory.DashPunctuation:
                    clean.Append('-');
                    break;
                default:
                    clean.Append(ToAscii(rune));
                    break;
            }
        }

        return clean.ToString();
    }

    /// <summary>Converts the minus sign, two variants of the plus sign and full-width characters to ASCII.</summary>
    private static Rune ToAscii(Rune rune) => rune.Value switch
    {
        0x2212 => new Rune('-'),
        0x207A or 0xFE62 => new Rune('+'),
        >= 0xFF01 and <= 0xFF5E => new Rune(rune.Value - 0xFEE0),
        _ => rune,
    };
}
