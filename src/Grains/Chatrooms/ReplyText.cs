using System.Text;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The text or the thoughts of a reply while they are being written. Readers see exactly the text that will be stored. Not thread-safe: one
/// activation owns it.
/// </summary>
/// <remarks>
/// The text always ends between two code points: a high surrogate at the end is held back until its low surrogate
/// arrives. NUL and lone surrogates become U+FFFD before a reader sees them, because neither database stores them. White
/// space at the start is held back until a visible character follows: a text without a visible character is not a reply,
/// and it can be dropped as long as no reader has seen it.
/// </remarks>
/// <param name="maxBytes">Maximum UTF-8 bytes. Text beyond this size is dropped, at the boundary of a code point.</param>
internal sealed class ReplyText(int maxBytes)
{
    private const char Replacement = '\uFFFD';

    private readonly StringBuilder _text = new();
    private int _bytes;
    private char? _highSurrogate;
    private bool _hasVisibleText;

    /// <summary>UTF-16 code units so far; 0 before the first visible character.</summary>
    public int Length => _hasVisibleText ? _text.Length : 0;

    /// <summary>Whether the text has white space and nothing else.</summary>
    public bool IsBlank => !_hasVisibleText && _text.Length > 0;

    /// <summary>Whether text has been dropped because of the limit.</summary>
    public bool IsFull { get; private set; }

    public void Append(string chunk)
    {
        if (!IsFull && chunk.Length > 0)
        {
            AddWithinLimit(_highSurrogate is null && IsWellFormed(chunk) ? chunk : ReplaceInvalid(chunk));
        }
    }

    /// <summary>Ends the text. A high surrogate that is still held back has no low surrogate.</summary>
    public void Complete()
    {
        if (_highSurrogate is not null && _hasVisibleText)
        {
            AddWithinLimit([Replacement]);
        }

        _highSurrogate = null;
    }

    /// <summary>The text from an offset on, at most <c>maxLength</c> code units, cut between two code points.</summary>
    public string Slice(int offset, int maxLength)
    {
        var end = maxLength < Length - offset ? offset + maxLength : Length;
        return _text.ToString(offset, (IsBoundary(end) ? end : end - 1) - offset);
    }

    /// <summary>Whether an offset is not past the end, and lies between two code points.</summary>
    public bool IsBoundary(int offset) =>
        offset == Length || (offset < Length && !char.IsLowSurrogate(_text[offset]));

    /// <summary>The same as <see cref="IsBoundary(int)"/> for a finished text.</summary>
    public static bool IsBoundary(int offset, string text) =>
        offset == text.Length || (offset < text.Length && !char.IsLowSurrogate(text[offset]));

    public override string ToString() => _hasVisibleText ? _text.ToString() : "";

    private static bool IsWellFormed(ReadOnlySpan<char> chunk) =>
        !chunk.ContainsAnyInRange('\uD800', '\uDFFF') && !chunk.Contains('\0');

    private string ReplaceInvalid(string chunk)
    {
        var valid = new StringBuilder(chunk.Length + 1);
        foreach (var unit in chunk)
        {
            AppendValid(unit, valid);
        }

        return valid.ToString();
    }

    private void AppendValid(char unit, StringBuilder valid)
    {
        if (_highSurrogate is { } high)
        {
            _highSurrogate = null;
            if (char.IsLowSurrogate(unit))
            {
                valid.Append(high).Append(unit);
                return;
            }

            valid.Append(Replacement);
        }

        if (char.IsHighSurrogate(unit))
        {
            _highSurrogate = unit;
        }
        else
        {
            valid.Append(unit == '\0' || char.IsLowSurrogate(unit) ? Replacement : unit);
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
