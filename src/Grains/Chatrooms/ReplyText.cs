using System.Text;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The text of a reply while it is being written: what the readers see is what will be stored. Not thread-safe: it
/// belongs to one activation.
/// </summary>
/// <remarks>
/// The text always ends between two code points: a trailing high surrogate waits for its pair. NUL and lone surrogates
/// become U+FFFD before anyone sees them, since neither database stores them. White space at the start is held back until
/// a visible character follows: a text without one is no answer, and can be forgotten as long as nobody has seen it.
/// </remarks>
/// <param name="maxBytes">Most UTF-8 bytes; what goes beyond is dropped, at a code point's boundary.</param>
internal sealed class ReplyText(int maxBytes)
{
    private const char Replacement = '\uFFFD';

    private readonly StringBuilder _text = new();
    private int _bytes;
    private char? _highSurrogate;
    private bool _hasVisibleText;

    /// <summary>UTF-16 code units so far; 0 before the first visible character.</summary>
    public int Length => _hasVisibleText ? _text.Length : 0;

    /// <summary>Whether white space has come, and nothing else.</summary>
    public bool IsBlank => !_hasVisibleText && _text.Length > 0;

    /// <summary>Whether text has been dropped because of the limit.</summary>
    public bool IsFull { get; private set; }

    public void Append(string chunk)
    {
        if (IsFull || chunk.Length == 0)
        {
            return;
        }

        if (_highSurrogate is null && IsWellFormed(chunk))
        {
            AddWithinLimit(chunk);
        }
        else
        {
            AddWithinLimit(ReplaceInvalid(chunk));
        }
    }

    /// <summary>No more text will come: a high surrogate that still waits for its pair is alone.</summary>
    public void Complete()
    {
        if (_highSurrogate is not null && _hasVisibleText)
        {
            AddWithinLimit([Replacement]);
        }

        _highSurrogate = null;
    }

    /// <summary>Whether reading can go on from here: not past the end, and between two code points.</summary>
    public bool IsBoundary(int offset) =>
        offset == Length || (offset < Length && !char.IsLowSurrogate(_text[offset]));

    /// <summary>As <see cref="IsBoundary(int)"/>, of a finished text.</summary>
    public static bool IsBoundary(int offset, string text) =>
        offset == text.Length || (offset < text.Length && !char.IsLowSurrogate(text[offset]));

    /// <summary>The text from a boundary on, at most so many code units, up to a boundary.</summary>
    public string Slice(int offset, int maxLength)
    {
        var end = maxLength < Length - offset ? offset + maxLength : Length;
        return _text.ToString(offset, (IsBoundary(end) ? end : end - 1) - offset);
    }

    public override string ToString() => _hasVisibleText ? _text.ToString() : "";

    private static bool IsWellFormed(ReadOnlySpan<char> chunk) =>
        !chunk.ContainsAnyInRange('\uD800', '\uDFFF') && !chunk.Contains('\0');

    private char[] ReplaceInvalid(string chunk)
    {
        var mended = new List<char>(chunk.Length + 1);
        foreach (var unit in chunk)
        {
            ReplaceInvalid(unit, mended);
        }

        return [.. mended];
    }

    private void ReplaceInvalid(char unit, List<char> mended)
    {
        if (_highSurrogate is { } high)
        {
            _highSurrogate = null;
            if (char.IsLowSurrogate(unit))
            {
                mended.Add(high);
                mended.Add(unit);
                return;
            }

            mended.Add(Replacement);
        }

        if (char.IsHighSurrogate(unit))
        {
            _highSurrogate = unit;
        }
        else
        {
            mended.Add(unit == '\0' || char.IsLowSurrogate(unit) ? Replacement : unit);
        }
    }

    private void AddWithinLimit(ReadOnlySpan<char> chunk)
    {
        var bytes = Encoding.UTF8.GetByteCount(chunk);
        if (_bytes + bytes > maxBytes)
        {
            IsFull = true;
            chunk = Truncate(chunk, maxBytes - _bytes, out bytes);
        }

        _bytes += bytes;
        _text.Append(chunk);
        _hasVisibleText = _hasVisibleText || VisibleText.HasVisibleCharacter(chunk);
    }

    private static ReadOnlySpan<char> Truncate(ReadOnlySpan<char> chunk, int availableBytes, out int bytes)
    {
        bytes = 0;
        var length = 0;
        foreach (var rune in chunk.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > availableBytes)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
        }

        return chunk[..length];
    }
}
