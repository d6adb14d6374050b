namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Reads programming languages: comments, strings, numbers, and words of which some mean something.</summary>
internal ref struct GeneralLexer(CodeWriter writer, ReadOnlySpan<char> text, CodeLanguage language)
{
    /// <summary>How far it looks for the end of what may begin here. Without a limit, the time could grow with the square of the length.</summary>
    private const int MaxLookahead = 300;

    private readonly CodeWriter _writer = writer;
    private readonly ReadOnlySpan<char> _text = text;
    private readonly CodeLanguage _language = language;
    private int _at;

    // The last character that is not blank, and the last word.
    private char _before = '\n';
    private ReadOnlySpan<char> _lastWord;
    private bool _isCommand = true;
    private bool _isInTag;

    public void Run()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (char.IsWhiteSpace(c))
            {
                Blank(c);
            }
            else if (!TrySpan() && !TryMark(c))
            {
                if (char.IsAsciiDigit(c) && !char.IsLetter(_text.At(_at - 1)))
                {
                    Take(Lexing.NumberLength(_text[_at..]), CodeKinds.Number);
                }
                else if (Lexing.IsWordStart(c))
                {
                    Word();
                }
                else
                {
                    Sign(c);
                }
            }
        }
    }

    private void Blank(char c)
    {
        _writer.Write(_text.Slice(_at++, 1));
        if (c is '\n')
        {
            (_before, _isCommand) = ('\n', true);
        }
    }

    private void Sign(char c)
    {
        Take(1, null);
        _isCommand |= c is '|' or '&' or ';' or '(' or '{';
        _isInTag &= c is not '>';
    }

    private void Take(int length, string? kind)
    {
        _writer.Write(_text.Slice(_at, length), kind);
        _before = _text[_at + length - 1];
        _at += length;
        _isCommand = false;
    }

    private bool TrySpan()
    {
        var rest = _text[_at..];
        foreach (var comment in _language.Comments)
        {
            // In a shell, "#" within a word is no comment: ${#list}, a#b.
            var isWithinWord = comment.Start[0] is '#' && _at > 0 && !char.IsWhiteSpace(_text[_at - 1]) && comment.Start is "#";
            if (!isWithinWord && Lexing.SpanLength(rest, comment) is > 0 and var length)
            {
                var before = _before;
                Take(comment.End is "\n" && rest[length - 1] is '\n' ? length - 1 : length, CodeKinds.Comment);
                (_before, _isCommand) = (before, false);
                return true;
            }
        }

        foreach (var quote in _language.Strings)
        {
            if (Lexing.SpanLength(rest, quote) is > 0 and var length)
            {
                Take(length, CodeKinds.String);
                return true;
            }
        }

        return false;
    }

    /// <summary>Signs that mean something in this language.</summary>
    private bool TryMark(char c)
    {
        var rest = _text[_at..];
        var (length, kind) = c switch
        {
            '#' when _language.Has(CodeTraits.Preprocessor) && _before is '\n' => (DirectiveLength(rest), CodeKinds.Meta),
            '#' when _language.Has(CodeTraits.Annotations) && rest.At(1) is '[' or '!' => (Lexing.LineLength(rest), CodeKinds.Meta),
            '@' when _language.Has(CodeTraits.Annotations) && Lexing.IsWordStart(rest.At(1)) => (1 + Lexing.WordLength(rest[1..]), CodeKinds.Meta),
            '@' or ':' when _language.Has(CodeTraits.Symbols) && Lexing.IsWordStart(rest.At(1)) && _text.At(_at - 1) is not ':' =>
                (1 + Lexing.WordLength(rest[1..]), CodeKinds.Variable),
            '$' when _language.Has(CodeTraits.Dollars) => (DollarLength(rest), CodeKinds.Variable),
            '-' when _language.Has(CodeTraits.Commands) && char.IsWhiteSpace(_text.At(_at - 1)) => (OptionLength(rest), CodeKinds.Name),
            '\'' when _language.Has(CodeTraits.Lifetimes) => CharacterOrLifetime(rest),
            '/' when _language.Has(CodeTraits.Script) && IsExpressionStart() => (ExpressionLength(rest), CodeKinds.String),
            '<' when _language.Has(CodeTraits.Script) && IsExpressionStart() => (OpenTag(rest), CodeKinds.Tag),
            '<' when _text[.._at].EndsWith("#include ", StringComparison.Ordinal) => (LineOf(rest).IndexOf('>') + 1, CodeKinds.String),
            _ => (0, ""),
        };
        if (length > 0)
        {
            Take(length, kind);
        }

        return length > 0;
    }

    private void Word()
    {
        var hasDashes = _language.Has(CodeTraits.Dashes);
        var word = _text.Slice(_at, Lexing.WordLength(_text[_at..], hasDashes));
        if (TryPrefixedString(word.Length))
        {
            return;
        }

        var next = _text.At(_at + word.Length);
        var kind = KindOf(word, next);
        var startsCommand = kind is CodeKinds.Keyword && word is not ("for" or "foreach" or "in" or "case" or "export" or "local" or "function");
        _lastWord = word;
        Take(word.Length, kind);
        _isCommand = startsCommand;
    }

    private readonly string? KindOf(ReadOnlySpan<char> word, char next)
    {
        var isMember = _before is '.' && _text.At(_at - 2) is not '.';
        if (!isMember && _language.KeywordSet.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word))
        {
            return CodeKinds.Keyword;
        }

        return !isMember && _language.TypeSet.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) ? CodeKinds.Type
            : _isInTag && next is '=' ? CodeKinds.Name
            : _language.Has(CodeTraits.Commands) ? (next is '=' ? CodeKinds.Variable : _isCommand ? CodeKinds.Function : null)
            : word is "true" or "false" or "null" or "None" or "True" or "False" or "nil" or "undefined" or "NULL" or "nullptr" ? CodeKinds.Number
            : _lastWord is "class" or "struct" or "interface" or "enum" or "trait" && _before is not '\n' && char.IsLetter(_before) ? CodeKinds.Type
            : next is '(' ? (char.IsUpper(word[0]) && _lastWord is "new" ? CodeKinds.Type : CodeKinds.Function)
            : _language.Has(CodeTraits.CapitalTypes) && char.IsUpper(word[0]) && word.ContainsAnyInRange('a', 'z') && !isMember ? CodeKinds.Type
            : null;
    }

    private bool TryPrefixedString(int length)
    {
        if (length > 2 || _text.At(_at + length) is not ('"' or '\''))
        {
            return false;
        }

        foreach (var prefix in _language.StringPrefixes)
        {
            if (_text.Slice(_at, length).SequenceEqual(prefix))
            {
                foreach (var quote in _language.Strings)
                {
                    if (Lexing.SpanLength(_text[(_at + length)..], quote) is > 0 and var quoted)
                    {
                        Take(length + quoted, CodeKinds.String);
                        return true;
                    }
                }
            }
        }

        return false;
    }

    // After a value, "/" divides and "<" compares.
    private readonly bool IsExpressionStart() => _before is '\n' or '(' or ',' or '=' or ':' or '[' or '!' or '&' or '|' or '?' or '{' or '}' or ';' or '>'
        || _lastWord is "return" && _before is 'n';

    private static ReadOnlySpan<char> LineOf(ReadOnlySpan<char> rest)
    {
        var near = rest[..Math.Min(rest.Length, MaxLookahead)];
        return near[..Lexing.LineLength(near)];
    }

    private static int ExpressionLength(ReadOnlySpan<char> rest)
    {
        var line = LineOf(rest);
        var isInSet = false;
        for (var i = 1; i < line.Length; i++)
        {
            if (line[i] is '\\')
            {
                i++;
            }
            else if (line[i] is '/' && !isInSet)
            {
                return i == 1 ? 0 : i + 1 + Lexing.WordLength(line[(i + 1)..]);
            }
            else
            {
                isInSet = line[i] is '[' || (isInSet && line[i] is not ']');
            }
        }

        return 0;
    }

    private int OpenTag(ReadOnlySpan<char> rest)
    {
        var start = rest.At(1) is '/' ? 2 : 1;
        var length = Lexing.WordLength(rest[start..], withDashes: true);
        _isInTag |= length > 0;
        return length > 0 || rest.At(start) is '>' ? start + length : 0;
    }

    private static int DirectiveLength(ReadOnlySpan<char> rest)
    {
        var start = 1 + Lexing.BlankLength(rest[1..]);
        return start + Lexing.WordLength(rest[start..]);
    }

    private static int DollarLength(ReadOnlySpan<char> rest)
    {
        if (rest.At(1) is '{')
        {
            return LineOf(rest).IndexOf('}') is > 0 and var end ? end + 1 : 0;
        }

        var word = Lexing.WordLength(rest[1..]);
        return word > 0 ? word + 1 : rest.At(1) is '@' or '#' or '?' or '!' or '*' or '$' ? 2 : 0;
    }

    private static int OptionLength(ReadOnlySpan<char> rest)
    {
        var start = rest.At(1) is '-' ? 2 : 1;
        return Lexing.WordLength(rest[start..], withDashes: true) is > 0 and var length ? start + length : 0;
    }

    private static (int Length, string Kind) CharacterOrLifetime(ReadOnlySpan<char> rest) =>
        rest.At(1) is '\\' && rest[2..Math.Min(rest.Length, 14)].IndexOf('\'') is >= 0 and var end ? (end + 3, CodeKinds.String)
        : rest.At(2) is '\'' ? (3, CodeKinds.String)
        : (1 + Lexing.WordLength(rest[1..]), CodeKinds.Type);
}
