using System.Collections.Frozen;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>How the source of a language is read.</summary>
internal enum CodeSyntax
{
    /// <summary>Words, strings, numbers and comments.</summary>
    General,
    Json,
    Markup,
    Style,
    Yaml,
    Ini,
    Diff,
    Markdown,

    /// <summary>Not a language: it has no colours.</summary>
    Plain,
}

/// <summary>Peculiarities of languages with <see cref="CodeSyntax.General"/>.</summary>
[Flags]
internal enum CodeTraits
{
    None = 0,

    /// <summary>Keywords in any case.</summary>
    IgnoreCase = 1,

    /// <summary><c>#include</c> at the start of a line.</summary>
    Preprocessor = 2,

    /// <summary><c>@name</c> and <c>#[name]</c>.</summary>
    Annotations = 4,

    /// <summary><c>$name</c>.</summary>
    Dollars = 8,

    /// <summary>A name with a capital letter is a type.</summary>
    CapitalTypes = 16,

    /// <summary>The first word of a command, and options.</summary>
    Commands = 32,

    /// <summary>Expressions between slashes, and elements among the code.</summary>
    Script = 64,

    /// <summary><c>'a</c> is a lifetime, and <c>'a'</c> a character.</summary>
    Lifetimes = 128,

    /// <summary><c>@name</c> is a variable, and <c>:name</c> a symbol.</summary>
    Symbols = 256,

    /// <summary>A dash is part of a name.</summary>
    Dashes = 512,
}

/// <summary>A string or comment.</summary>
/// <param name="Start">Its first characters.</param>
/// <param name="End">Its last characters.</param>
/// <param name="IsMultiLine">Whether it may contain a line break. If not, it ends with the line.</param>
/// <param name="Escapes">Whether a character after a backslash does not end it.</param>
internal sealed record CodeSpan(string Start, string End, bool IsMultiLine = false, bool Escapes = true);

/// <summary>What is known of a language.</summary>
/// <param name="Name">As people write it.</param>
/// <param name="Syntax">How it is read.</param>
internal sealed record CodeLanguage(string Name, CodeSyntax Syntax = CodeSyntax.General)
{
    public CodeTraits Traits { get; init; }

    public string Keywords { init => KeywordSet = ToSet(value); }

    public string Types { init => TypeSet = ToSet(value); }

    public FrozenSet<string> KeywordSet { get; private init; } = [];

    public FrozenSet<string> TypeSet { get; private init; } = [];

    public CodeSpan[] Comments { get; init; } = [];

    public CodeSpan[] Strings { get; init; } = [];

    /// <summary>Letters before a string that belong to it.</summary>
    public string[] StringPrefixes { get; init; } = [];

    public bool Has(CodeTraits trait) => (Traits & trait) != CodeTraits.None;

    // Case matters only where two keywords differ in it, which no language does that ignores case.
    private FrozenSet<string> ToSet(string words) => words.Split(' ')
        .ToFrozenSet(Has(CodeTraits.IgnoreCase) ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
}
