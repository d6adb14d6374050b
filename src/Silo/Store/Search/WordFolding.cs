using System.Buffers;
using System.Globalization;
using System.Text;

namespace GeminiChat.Silo.Store.Search;

/// <summary>
/// The form in which characters are compared: NFKC, without case, and without the diacritics of Latin, Greek, Cyrillic, Arabic
/// and Hebrew. It has a table of its own, because this program runs without ICU, and <see cref="string.Normalize()"/> changes
/// nothing then.
/// </summary>
internal static class WordFolding
{
    private const string TableResource = "GeminiChat.Silo.Store.Search.WordFolding.txt";
    private const int PageLength = 256;
    private const int Pages = 0x110000 / PageLength;
    private const char ArabicTatweel = '\u0640';
    private const char ZeroWidthSpace = '\u200B';

    // Marks that are not compared, and variation selectors. The marks of other scripts are parts of their words.
    private static readonly (int First, int Last)[] IgnoredMarks =
    [
        (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
        (0x06D6, 0x06ED), (0x08D3, 0x08FF), (0x180B, 0x180F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
        (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF),
    ];

    // Kana whose voiced form is the next code point. The row of "ha" has a half-voiced form after that.
    private static readonly SearchValues<char> VoicedKana = SearchValues.Create(
        "かきくけこさしすせそたちつてとはひふへほカキクケコサシスセソタチツテトハヒフヘホ");

    private static readonly SearchValues<char> HalfVoicedKana = SearchValues.Create("はひふへほハヒフヘホ");

    // By code point, in pages: most pages have no entries.
    private static readonly string?[]?[] Table = ReadTable();

    /// <summary>Whether a character is neither a part of a word nor its end: a mark that is not compared, or an invisible one.</summary>
    public static bool IsIgnored(Rune rune) => !rune.IsAscii && Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => IsIgnoredMark(rune.Value),
        UnicodeCategory.Format => rune.Value != ZeroWidthSpace,
        _ => rune.Value == ArabicTatweel,
    };

    /// <summary>The folded form of a character if it is not just <see cref="ToLower"/>.</summary>
    public static string? Find(Rune rune) => Table[rune.Value / PageLength]?[rune.Value % PageLength];

    /// <summary>The character without case. A decimal digit of any script becomes an ASCII digit.</summary>
    public static Rune ToLower(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.DecimalDigitNumber => new Rune('0' + (int)Rune.GetNumericValue(rune)),
        UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => Rune.ToLowerInvariant(rune),
        _ => rune,
    };

    /// <summary>Composes two characters of a Korean syllable, or a kana and its sound mark; null if they do not compose.</summary>
    public static Rune? Compose(Rune first, Rune second)
    {
        const int Leading = 0x1100, Vowel = 0x1161, Trailing = 0x11A7, Syllable = 0xAC00;
        const int LeadingCount = 19, VowelCount = 21, TrailingCount = 28;
        var (one, two) = (first.Value, second.Value);
        if (one is >= Leading and < Leading + LeadingCount && two is >= Vowel and < Vowel + VowelCount)
        {
            return new Rune(Syllable + ((((one - Leading) * VowelCount) + two - Vowel) * TrailingCount));
        }

        if (one is >= Syllable and < Syllable + (LeadingCount * VowelCount * TrailingCount)
            && (one - Syllable) % TrailingCount == 0 && two is > Trailing and < Trailing + TrailingCount)
        {
            return new Rune(one + two - Trailing);
        }

        return two switch
        {
            0x3099 when first.IsBmp && VoicedKana.Contains((char)one) => new Rune(one + 1),
            0x309A when first.IsBmp && HalfVoicedKana.Contains((char)one) => new Rune(one + 2),
            _ => null,
        };
    }

    private static bool IsIgnoredMark(int value)
    {
        foreach (var (first, last) in IgnoredMarks)
        {
            if (value <= last)
            {
                return value >= first;
            }
        }

        return false;
    }

    // A line is a folded form, a tab, and all characters that fold to it.
    private static string?[]?[] ReadTable()
    {
        using var stream = typeof(WordFolding).Assembly.GetManifestResourceStream(TableResource)
            ?? throw new InvalidOperationException($"{TableResource} is not part of the program.");
        using var reader = new StreamReader(stream);
        var pages = new string?[Pages][];
        while (reader.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            foreach (var rune in line[(tab + 1)..].EnumerateRunes())
            {
                var page = pages[rune.Value / PageLength] ??= new string?[PageLength];
                page[rune.Value % PageLength] = line[..tab];
            }
        }

        return pages;
    }
}
