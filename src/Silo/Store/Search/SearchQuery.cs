using System.Text;

namespace GeminiChat.Silo.Store.Search;

/// <summary>Consecutive words that a message must have.</summary>
/// <param name="Words">The folded words, at least one.</param>
/// <param name="IsPrefix">Whether the last word may be the beginning of a word.</param>
internal sealed record SearchTerm(ImmutableArray<string> Words, bool IsPrefix);

/// <summary>
/// What a user searches for. It consists of folded words only, so no character of the user's text means anything to a database.
/// </summary>
/// <param name="Terms">All of them are wanted; at least one.</param>
internal sealed record SearchQuery(ImmutableArray<SearchTerm> Terms)
{
    /// <summary>The most terms.</summary>
    public const int MaxTerms = 16;

    /// <summary>The most words of all terms. Of languages without spaces, each pair of characters is a word.</summary>
    public const int MaxWords = 64;

    /// <summary>
    /// Reads a query: text in double quotes is a phrase, other text is words between spaces, and the last word may be a
    /// beginning. Null when it has no word, more than
    /// <see cref="MaxTerms"/> terms or more than <see cref="MaxWords"/> words.
    /// </summary>
    public static SearchQuery? Parse(string text)
    {
        var terms = ImmutableArray.CreateBuilder<SearchTerm>();
        foreach (var (part, isOpen) in Split(text.TrimEnd()))
        {
            if (TermOf(part, isOpen) is { } term)
            {
                terms.Add(term);
            }
        }

        return terms.Count is > 0 and <= MaxTerms && terms.Sum(term => term.Words.Length) <= MaxWords ? new SearchQuery(terms.DrainToImmutable()) : null;
    }

    // A phrase without an end is being typed, so its last word may be a beginning too.
    private static IEnumerable<(string Part, bool IsOpen)> Split(string text)
    {
        var part = new StringBuilder();
        var isQuoted = false;
        foreach (var letter in text)
        {
            var isQuote = letter is '"' or '“' or '”' or '„';
            if (!isQuote && (isQuoted || !char.IsWhiteSpace(letter)))
            {
                part.Append(letter);
                continue;
            }

            yield return (part.ToString(), false);
            part.Clear();
            isQuoted ^= isQuote;
        }

        yield return (part.ToString(), true);
    }

    private static SearchTerm? TermOf(string part, bool isOpen)
    {
        ImmutableArray<Word> words = [.. WordReader.Read(part)];
        return words switch
        {
            [] => null,

            // In the message, more characters may follow. Then the last character is part of a pair, and is not searched alone.
            [.., { Kind: WordKind.Pair }, { Kind: WordKind.Last }] => new SearchTerm(TextsOf(words[..^1]), IsPrefix: false),
            [.., { Kind: WordKind.Last }] => new SearchTerm(TextsOf(words), IsPrefix: true),

            // Too many words begin with a single letter.
            [.., { Text.Length: > 1 }] => new SearchTerm(TextsOf(words), isOpen),
            _ => new SearchTerm(TextsOf(words), IsPrefix: false),
        };
    }

    private static ImmutableArray<string> TextsOf(ImmutableArray<Word> words) => [.. words.Select(word => word.Text)];
}
