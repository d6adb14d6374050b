using System.Buffers;
using System.Globalization;
using System.Text;

namespace GeminiChat.Silo.Store.Search;

/// <summary>
/// Cuts text into words, in the same way for messages and for queries. A word is letters, digits and their marks, at most
/// <see cref="MaxLength"/> characters of it. Scripts without spaces become pairs of characters that overlap, and the last
/// character alone. So a phrase of pairs finds any part of such a text.
/// </summary>
internal sealed class WordReader
{
    /// <summary>The most code points of a word that are compared.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> AsciiSeparators = SearchValues.Create(
        [.. Enumerable.Range(0, 128).Select(value => (char)value).Where(letter => !char.IsAsciiLetterOrDigit(letter))]);

    private readonly StringBuilder _letters = new();
    private Kind _kind;
    private int _length;
    private Rune _last;
    private int _start;
    private int _lastStart;
    private int _end;

    private enum Kind
    {
        Separator,
        Spaced,
        Unspaced,
    }

    /// <summary>Reads the words of a text, in its order. A lone surrogate is a separator.</summary>
    public static IEnumerable<Word> Read(string text)
    {
        var reader = new WordReader();
        for (var start = 0; start < text.Length; start++)
        {
            var end = EndOfPart(text, start);
            if (end > start && Ascii.IsValid(text.AsSpan(start..end)))
            {
                var word = text[start..Math.Min(end, start + MaxLength)].ToLowerInvariant();
                yield return new Word(word, start, end, end, WordKind.Spaced);
            }
            else
            {
                foreach (var word in reader.ReadPart(text, start, end))
                {
                    yield return word;
                }
            }

            start = end;
        }
    }

    // At an ASCII character that is no letter or digit, which always is a separator.
    private static int EndOfPart(string text, int start)
    {
        var length = text.AsSpan(start).IndexOfAny(AsciiSeparators);
        return length < 0 ? text.Length : start + length;
    }

    private IEnumerable<Word> ReadPart(string text, int start, int end)
    {
        foreach (var (rune, from, to) in ReadFolded(text, start, end))
        {
            if (Add(rune, from, to) is { } word)
            {
                yield return word;
            }
        }

        if (EndRun() is { } last)
        {
            yield return last;
        }
    }

    // The folded characters, each with its place in the text.
    private static IEnumerable<(Rune Rune, int Start, int End)> ReadFolded(string text, int start, int end)
    {
        (Rune Rune, int Start, int End)? waiting = null;
        for (int at = start, length; at < end; at += length)
        {
            _ = Rune.DecodeFromUtf16(text.AsSpan(at..end), out var rune, out length);
            if (WordFolding.IsIgnored(rune))
            {
                continue;
            }

            var mapped = WordFolding.Find(rune);
            for (int i = 0, width; i < (mapped?.Length ?? 1); i += width)
            {
                var folded = mapped is null ? WordFolding.ToLower(rune) : Rune.GetRuneAt(mapped, i);
                width = folded.Utf16SequenceLength;
                if (waiting is { } first && WordFolding.Compose(first.Rune, folded) is { } composed)
                {
                    waiting = (composed, first.Start, at + length);
                    continue;
                }

                if (waiting is { } complete)
                {
                    yield return complete;
                }

                waiting = (folded, at, at + length);
            }
        }

        if (waiting is { } last)
        {
            yield return last;
        }
    }

    // Each character ends at most one word.
    private Word? Add(Rune rune, int start, int end)
    {
        var kind = KindOf(rune);
        if (kind is Kind.Unspaced && _kind is Kind.Unspaced)
        {
            var pair = new Word(string.Concat(_last.ToString(), rune.ToString()), _lastStart, end, _end, WordKind.Pair);
            (_last, _lastStart, _end) = (rune, start, end);
            return pair;
        }

        var ended = kind == _kind ? null : EndRun();
        if (kind is not Kind.Separator)
        {
            if (_length == 0)
            {
                (_kind, _start, _lastStart) = (kind, start, start);
            }

            if (_length++ < MaxLength)
            {
                _letters.Append(rune.ToString());
            }

            (_last, _end) = (rune, end);
        }

        return ended;
    }

    private Word? EndRun()
    {
        Word? ended = _kind switch
        {
            Kind.Spaced => new Word(_letters.ToString(), _start, _end, _end, WordKind.Spaced),
            Kind.Unspaced => new Word(_last.ToString(), _lastStart, _end, _end, WordKind.Last),
            _ => null,
        };
        _letters.Clear();
        (_kind, _length) = (Kind.Separator, 0);
        return ended;
    }

    // A mark belongs to the character before it.
    private Kind KindOf(Rune rune)
    {
        if (rune.IsAscii)
        {
            return Rune.IsLetterOrDigit(rune) ? Kind.Spaced : Kind.Separator;
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark when _kind is not Kind.Separator => _kind,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.OtherNumber => KindOfScript(rune.Value),
            UnicodeCategory.LetterNumber => KindOfScript(rune.Value),
            _ => Rune.IsLetterOrDigit(rune) ? KindOfScript(rune.Value) : Kind.Separator,
        };
    }

    // Thai, Lao; Myanmar; Hangul; Khmer; Tai and Javanese; East Asian scripts.
    private static Kind KindOfScript(int value) => value is
        (>= 0x0E00 and <= 0x0EFF)
        or (>= 0x1000 and <= 0x109F)
        or (>= 0x1100 and <= 0x11FF)
        or (>= 0x1780 and <= 0x17FF)
        or (>= 0x1950 and <= 0x19DF)
        or (>= 0x1A20 and <= 0x1AAF)
        or (>= 0x2E80 and <= 0x31FF)
        or (>= 0x3400 and <= 0x4DBF)
        or (>= 0x4E00 and <= 0xA4CF)
        or (>= 0xA960 and <= 0xA9FF)
        or (>= 0xAA60 and <= 0xAADF)
        or (>= 0xAC00 and <= 0xD7FF)
        or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x1AFF0 and <= 0x1B16F)
        or (>= 0x20000 and <= 0x3FFFF) ? Kind.Unspaced : Kind.Spaced;
}
