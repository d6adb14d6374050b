using System.Globalization;

namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>Reads the source of a formula once, from its start to its end.</summary>
/// <param name="source">The formula without its delimiters.</param>
internal sealed class TexReader(string source)
{
    private int _position;

    public bool IsAtEnd => _position == source.Length;

    /// <summary>A character that is not read yet; NUL after the end.</summary>
    public char Peek(int offset = 0) => _position + offset < source.Length ? source[_position + offset] : '\0';

    /// <summary>Reads a character; NUL at the end.</summary>
    public char Read() => IsAtEnd ? '\0' : source[_position++];

    public bool StartsWith(string text) => source.AsSpan(_position).StartsWith(text, StringComparison.Ordinal);

    /// <summary>Whether a text is next. A command must end there: <c>\rightarrow</c> does not count as <c>\right</c>.</summary>
    public bool IsNext(string text) => StartsWith(text) && !(char.IsAsciiLetter(text[^1]) && char.IsAsciiLetter(Peek(text.Length)));

    /// <summary>Reads a text if it is next.</summary>
    public bool TryRead(string text)
    {
        var isNext = IsNext(text);
        _position += isNext ? text.Length : 0;
        return isNext;
    }

    /// <summary>Skips blanks and comments. A comment ends with its line.</summary>
    public void SkipBlanks()
    {
        while (_position < source.Length && (char.IsWhiteSpace(source[_position]) || source[_position] is '%'))
        {
            _position = source[_position] is not '%' ? _position + 1
                : source.IndexOf('\n', _position) is >= 0 and var end ? end
                : source.Length;
        }
    }

    public void Expect(char c)
    {
        SkipBlanks();
        if (Peek() != c)
        {
            throw Unexpected();
        }

        _position++;
    }

    /// <summary>Reads the name of a command: letters, or one other character.</summary>
    public string ReadCommand()
    {
        Expect('\\');
        var start = _position;
        while (char.IsAsciiLetter(Peek()))
        {
            _position++;
        }

        _position += _position == start && !IsAtEnd ? 1 : 0;
        return _position > start ? source[start.._position] : throw Unexpected();
    }

    /// <summary>Reads an argument as text, not as a formula.</summary>
    public string ReadRawArgument()
    {
        Expect('{');
        var (start, depth) = (_position, 1);
        for (; depth > 0; _position++)
        {
            depth += Peek() switch { '{' => 1, '}' => -1, '\0' => throw Unexpected(), _ => 0 };
            _position += Peek() is '\\' && Peek(1) is not '\0' ? 1 : 0;
        }

        return source[start..(_position - 1)];
    }

    /// <summary>Reads a text in square brackets. If there is none of at most this length, the result is null and nothing is read.</summary>
    public string? TryReadBrackets(int maxLength = int.MaxValue)
    {
        var start = _position + 1;
        var end = Peek() is '[' ? source.IndexOf(']', start) : -1;
        if (end < 0 || end - start > maxLength)
        {
            return null;
        }

        _position = end + 1;
        return source[start..end];
    }

    /// <summary>Reads an argument of at least two letters and nothing else, such as <c>{kg}</c>; null if there is none.</summary>
    public string? TryReadWord()
    {
        var length = 0;
        while (char.IsAsciiLetter(Peek(1 + length)))
        {
            length++;
        }

        if (Peek() is not '{' || length < 2 || Peek(1 + length) is not '}')
        {
            return null;
        }

        var start = _position + 1;
        _position += length + 2;
        return source.Substring(start, length);
    }

    /// <summary>Reads a number with its decimal point.</summary>
    public string ReadNumber()
    {
        var start = _position;
        while (char.IsAsciiDigit(Peek()) || (Peek() is '.' && char.IsAsciiDigit(Peek(1))))
        {
            _position++;
        }

        return source[start.._position];
    }

    public TexException Unexpected() => new($"Unexpected text at {_position.ToString(CultureInfo.InvariantCulture)}.");
}
