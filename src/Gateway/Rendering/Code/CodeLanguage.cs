using System.Collections.Frozen;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>Which lexer reads a language.</summary>
internal enum CodeSyntax
{
    /// <summary>Words, strings, numbers and comments.</summary>
    General,
    Json,
    Markup,
    Css,
    Yaml,
    Ini,
    Diff,
    Markdown,

    /// <summary>Not a language: it has no colours.</summary>
    Plain,
}

/// <summary>What differs between the languages with <see cref="CodeSyntax.General"/>.</summary>
[Flags]
internal enum CodeTraits
{
    None = 0,

    /// <summary>Keywords are recognized in upper and lower case.</summary>
    IgnoreCase = 1,

    /// <summary><c>#include</c> at the start of a line.</summary>
    Preprocessor = 2,

    /// <summary><c>@name</c> and <c>#[name]</c>.</summary>
    Annotations = 4,

    /// <summary><c>$name</c>.</summary>
    DollarVariables = 8,

    /// <summary>A name with a capital letter is a type.</summary>
    CapitalizedTypes = 16,

    /// <summary>The first word of a command is a function, and <c>--name</c> an option.</summary>
    ShellCommands = 32,

    /// <summary>Regular expressions between slashes, and the elements of JSX.</summary>
    RegexAndJsx = 64,

    /// <summary><c>'a</c> is a lifetime, and <c>'a'</c> a character.</summary>
    Lifetimes = 128,

    /// <summary><c>@name</c> is a variable, and <c>:name</c> a symbol.</summary>
    Symbols = 256,

    /// <summary>A name may contain dashes.</summary>
    DashesInNames = 512,
}

/// <summary>A string or comment, from its first to its last delimiter.</summary>
/// <param name="Start">The opening delimiter.</param>
/// <param name="End">The closing delimiter.</param>
/// <param name="IsMultiLine">Whether it may contain a line break. If not, it ends with the line.</param>
/// <param name="Escapes">Whether a backslash escapes the next character.</param>
internal sealed record DelimitedToken(string Start, string End, bool IsMultiLine = false, bool Escapes = true);

/// <summary>A language whose code is highlighted.</summary>
/// <param name="Name">The name to show.</param>
/// <param name="Syntax">Which lexer reads it.</param>
internal sealed record CodeLanguage(string Name, CodeSyntax Syntax = CodeSyntax.General)
{
    public CodeTraits Traits { get; init; }

    public string Keywords { init => KeywordSet = ToSet(value); }

    public string Types { init => TypeSet = ToSet(value); }

    public FrozenSet<string> KeywordSet { get; private init; } = [];

    public FrozenSet<string> TypeSet { get; private init; } = [];

    public DelimitedToken[] Comments { get; init; } = [];

    public DelimitedToken[] Strings { get; init; } = [];

    /// <summary>Letters before the opening delimiter that are part of the string.</summary>
    public string[] StringPrefixes { get; init; } = [];

    public bool Has(CodeTraits trait) => (Traits & trait) != CodeTraits.None;

    // In a language that ignores case, no two keywords differ only in case.
    private FrozenSet<string> ToSet(string words) => words.Split(' ')
        .ToFrozenSet(Has(CodeTraits.IgnoreCase) ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
}
