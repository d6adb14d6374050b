namespace GeminiChat.Silo.Store.Search;

/// <summary>A word of a text, or two characters of a script without spaces.</summary>
/// <param name="Text">The folded form.</param>
/// <param name="Start">Where it starts in the text, in UTF-16 code units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="FirstEnd">Where its first character ends.</param>
/// <param name="Kind">How it was cut.</param>
internal readonly record struct Word(string Text, int Start, int End, int FirstEnd, WordKind Kind);

/// <summary>How a word was cut.</summary>
internal enum WordKind
{
    /// <summary>Letters and digits between separators.</summary>
    Spaced,

    /// <summary>Two characters of a script without spaces. The next word begins with the second one.</summary>
    Pair,

    /// <summary>The last character of a run of characters of a script without spaces.</summary>
    Last,
}
