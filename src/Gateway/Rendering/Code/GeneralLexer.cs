namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Highlights programming languages: comments, strings, numbers, keywords, types and functions.</summary>
internal ref struct GeneralLexer(CodeWriter writer, ReadOnlySpan<char> text, CodeLanguage language)
{
    private readonly CodeWriter _writer = writer;
    private readonly ReadOnlySpan<char> _text = text;
    private readonly CodeLanguage _language = language;
    private int _position;

    // The last character that is not a blank, and the last word.
    private char _previous = '\n';
    private ReadOnlySpan<char> _lastWord;
    private bool _isCommand = true;
    private bool _isInTag;

    public void Run()
    {
        while (_position < _text.Length)
        {
            var c = _text[_position];
            if (char.IsWhiteSpace(c))
            {
                WriteWhitespace(c);
            }
            else if (!TryWriteDelimited() && !TryWriteSpecial(c))
            {
                if (char.IsAsciiDigit(c) && !char.IsLetter(_text.At(_position - 1)))
                {
                    WriteToken(TokenScanner.NumberLength(_text[_position..]), CodeKinds.Number);
                }
                else if (TokenScanner.IsWordStart(c))
                {
                    WriteWord();
                }
                else
                {
                    WriteSymbol(c);
                }
            }
        }
    }

    private void WriteWhitespace(char c)
    {
        _writer.Write(_text.Slice(_position++, 1));
        if (c is '\n')
        {
            (_previous, _isCommand) = ('\n', true);
        }
    }

    private void WriteSymbol(char c)
    {
        WriteToken(1, null);
        _isCommand |= c is '|' or '&' or ';' or '(' or '{';
        _isInTag &= c is not '>';
    }

    private void WriteToken(int length, string? kind)
    {
        _writer.Write(_text.Slice(_position, length), kind);
        _previous = _text[_position + length - 1];
        _position += length;
        _isCommand = false;
    }

    private bool TryWriteDelimited()
    {
        var rest = _text[_position..];
        foreach (var comment in _language.Comments)
        {
            // In a shell, "#" within a word is no comment: ${#list}, a#b.
            var isWithinWord = comment.Start is "#" && _position > 0 && !char.IsWhiteSpace(_text[_position - 1]);
            if (!isWithinWord && TokenScanner.DelimitedLength(rest, comment) is > 0 and var length)
            {
                var before = _previous;
                WriteToken(comment.End is "\n" && rest[length - 1] is '\n' ? length - 1 : length, CodeKinds.Comment);
                (_previous, _isCommand) = (before, false);
                return true;
            }
        }

        foreach (var quote in _language.Strings)
        {
            if (TokenScanner.DelimitedLength(rest, quote) is > 0 and var length)
            {
                WriteToken(length, CodeKinds.String);
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a token that starts with a special character, if that character is special in this language.</summary>
    private bool TryWriteSpecial(char c)
    {
        var rest = _text[_position..];
        var (length, kind) = c switch
        {
            '#' when _language.Has(CodeTraits.Preprocessor) && _previous is '\n' => (TokenScanner.DirectiveLength(rest), CodeKinds.Meta),
            '#' when _language.Has(CodeTraits.Annotations) && rest.At(1) is '[' or '!' => (TokenScanner.LineLength(rest), CodeKinds.Meta),
            '@' when _language.Has(CodeTraits.Annotations) && TokenScanner.IsWordStart(rest.At(1)) => (1 + TokenScanner.WordLength(rest[1..]), CodeKinds.Meta),
            '@' or ':' when _language.Has(CodeTraits.Symbols) && TokenScanner.IsWordStart(rest.At(1)) && _text.At(_position - 1) is not ':' =>
                (1 + TokenScanner.WordLength(rest[1..]), CodeKinds.Variable),
            '$' when _language.Has(CodeTraits.DollarVariables) => (TokenScanner.VariableLength(rest), CodeKinds.Variable),
            '-' when _language.Has(CodeTraits.ShellCommands) && char.IsWhiteSpace(_text.At(_position - 1)) => (TokenScanner.OptionLength(rest), CodeKinds.Name),
            '\'' when _language.Has(CodeTraits.Lifetimes) => TokenScanner.CharacterOrLifetime(rest),
            '/' when _language.Has(CodeTraits.RegexAndJsx) && IsExpressionStart() => (TokenScanner.RegexLength(rest), CodeKinds.String),
            '<' when _language.Has(CodeTraits.RegexAndJsx) && IsExpressionStart() => (ReadTag(rest), CodeKinds.Tag),
            '<' when _text[.._position].EndsWith("#include ", StringComparison.Ordinal) => (TokenScanner.StartOfLine(rest).IndexOf('>') + 1, CodeKinds.String),
            _ => (0, ""),
        };
        if (length > 0)
        {
            WriteToken(length, kind);
        }

        return length > 0;
    }

    private void WriteWord()
    {
        var hasDashes = _language.Has(CodeTraits.DashesInNames);
        var word = _text.Slice(_position, TokenScanner.WordLength(_text[_position..], hasDashes));
        if (TryWritePrefixedString(word.Length))
        {
            return;
        }

        var next = _text.At(_position + word.Length);
        var kind = KindOf(word, next);
        var startsCommand = kind is CodeKinds.Keyword && word is not ("for" or "foreach" or "in" or "case" or "export" or "local" or "function");
        _lastWord = word;
        WriteToken(word.Length, kind);
        _isCommand = startsCommand;
    }

    private readonly string? KindOf(ReadOnlySpan<char> word, char next)
    {
        var isMember = _previous is '.' && _text.At(_position - 2) is not '.';
        if (!isMember && _language.KeywordSet.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word))
        {
            return CodeKinds.Keyword;
        }

        return !isMember && _language.TypeSet.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) ? CodeKinds.Type
            : _isInTag && next is '=' ? CodeKinds.Name
            : _language.Has(CodeTraits.ShellCommands) ? (next is '=' ? CodeKinds.Variable : _isCommand ? CodeKinds.Function : null)
            : word is "true" or "false" or "null" or "None" or "True" or "False" or "nil" or "undefined" or "NULL" or "nullptr" ? CodeKinds.Number
            : _lastWord is "class" or "struct" or "interface" or "enum" or "trait" && _previous is not '\n' && char.IsLetter(_previous) ? CodeKinds.Type
            : next is '(' ? (char.IsUpper(word[0]) && _lastWord is "new" ? CodeKinds.Type : CodeKinds.Function)
            : _language.Has(CodeTraits.CapitalizedTypes) && char.IsUpper(word[0]) && word.ContainsAnyInRange('a', 'z') && !isMember ? CodeKinds.Type
            : null;
    }

    private bool TryWritePrefixedString(int length)
    {
        if (length > 2 || _text.At(_position + length) is not ('"' or '\''))
        {
            return false;
        }

        foreach (var prefix in _language.StringPrefixes)
        {
            if (_text.Slice(_position, length).SequenceEqual(prefix))
            {
                foreach (var quote in _language.Strings)
                {
                    if (TokenScanner.DelimitedLength(_text[(_position + length)..], quote) is > 0 and var quoted)
                    {
                        WriteToken(length + quoted, CodeKinds.String);
                        return true;
                    }
                }
            }
        }

        return false;
    }

    // After a value, "/" divides and "<" compares.
    private readonly bool IsExpressionStart() => _previous is '\n' or '(' or ',' or '=' or ':' or '[' or '!' or '&' or '|' or '?' or '{' or '}' or ';' or '>'
        || _lastWord is "return" && _previous is 'n';

    private int ReadTag(ReadOnlySpan<char> rest)
    {
        var start = rest.At(1) is '/' ? 2 : 1;
        var length = TokenScanner.WordLength(rest[start..], withDashes: true);
        _isInTag |= length > 0;
        return length > 0 || rest.At(start) is '>' ? start + length : 0;
    }
}
