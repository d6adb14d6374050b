namespace GeminiChat.Silo.Store.Search;

/// <summary>The part of a message that a search result shows.</summary>
internal static class Snippet
{
    // In UTF-16 code units.
    private const int Length = 200;
    private const int LengthBefore = 60;

    // In words.
    private const int MaxTermLength = 256;

    /// <summary>The text around the first match of a term, and all matches in it. Both begin and end at code points.</summary>
    public static (string Text, ImmutableArray<TextRange> Highlights) Of(string content, SearchQuery query)
    {
        var window = new List<Word>();
        TextRange? first = null;
        foreach (var word in WordReader.Read(content))
        {
            if (first is not null && word.Start > first.Value.Start + Length)
            {
                break;
            }

            // Only the words that a term can consist of are kept until then.
            if (first is null && window.Count > 4 * MaxTermLength)
            {
                window.RemoveRange(0, 3 * MaxTermLength);
            }

            window.Add(word);
            first ??= MatchesAt(window, window.Count, query).OrderBy(match => match.Start).Cast<TextRange?>().FirstOrDefault();
        }

        var start = first is null ? 0 : StartOf(content, first.Value.Start);
        var end = EndOf(content, start);
        var matches = Enumerable.Range(1, window.Count).SelectMany(count => MatchesAt(window, count, query));
        return (content[start..end], Merge(matches.Where(match => match.Start >= start && match.Start < end), start, end));
    }

    // The terms that end with a word.
    private static IEnumerable<TextRange> MatchesAt(List<Word> words, int count, SearchQuery query)
    {
        foreach (var term in query.Terms)
        {
            var at = count - term.Words.Length;
            if (at >= 0 && IsMatch(words, at, term))
            {
                yield return new TextRange(words[at].Start, EndOf(words[count - 1], term));
            }
        }
    }

    private static bool IsMatch(List<Word> words, int at, SearchTerm term)
    {
        for (var i = 0; i < term.Words.Length; i++)
        {
            var isPrefix = term.IsPrefix && i == term.Words.Length - 1;
            var (found, wanted) = (words[at + i].Text, term.Words[i]);
            if (isPrefix ? !found.StartsWith(wanted, StringComparison.Ordinal) : found != wanted)
            {
                return false;
            }
        }

        return true;
    }

    // Of a pair that begins with the wanted character, the first character is highlighted.
    private static int EndOf(Word last, SearchTerm term) =>
        last.Kind is WordKind.Pair && term.IsPrefix ? last.FirstEnd : last.End;

    // At a space before the match, if there is one near.
    private static int StartOf(string content, int match)
    {
        var start = Math.Max(0, match - LengthBefore);
        if (start > 0)
        {
            var space = content.AsSpan(start, match - start).IndexOfAny(' ', '\n');
            start += space + 1;
        }

        return IsInsidePair(content, start) ? start - 1 : start;
    }

    private static int EndOf(string content, int start)
    {
        var end = Math.Min(content.Length, start + Length);
        return IsInsidePair(content, end) ? end - 1 : end;
    }

    private static bool IsInsidePair(string content, int at) =>
        at > 0 && at < content.Length && char.IsLowSurrogate(content[at]) && char.IsHighSurrogate(content[at - 1]);

    // Overlapping ranges become one.
    private static ImmutableArray<TextRange> Merge(IEnumerable<TextRange> matches, int start, int end)
    {
        var merged = new List<TextRange>();
        foreach (var found in matches.OrderBy(match => match.Start))
        {
            var match = new TextRange(found.Start - start, Math.Min(found.End, end) - start);
            if (merged is [.., var last] && match.Start < last.End)
            {
                merged[^1] = last with { End = Math.Max(last.End, match.End) };
            }
            else
            {
                merged.Add(match);
            }
        }

        return [.. merged];
    }
}
