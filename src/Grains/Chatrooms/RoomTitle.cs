using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Creates a room's title from its first question.</summary>
internal static partial class RoomTitle
{
    private const int MaxLength = 60;
    private const char Ellipsis = '\u2026';

    // Punctuation that is removed from the end of a title. Brackets and # stay, because they belong to texts like f(x)
    // and C#.
    private const string TrailingPunctuation = ".,;:!?\u2026-\u2013\u2014|\u3002\u3001\uFF01\uFF0C\uFF1A\uFF1B\uFF1F";
    private const string LeadingPunctuation = TrailingPunctuation + "\u00A1\u00BF";
    private const string Emphasis = "*_`~";

    // Pairs: each opening mark is followed by its closing mark.
    private const string QuotesAndBrackets = "\"\"''()[]{}<>\u201C\u201D\u2018\u2019\u201E\u201C\u00AB\u00BB\u300C\u300D\u300E\u300F\u3010\u3011\uFF08\uFF09";

    /// <summary>
    /// The first line that has words, without Markdown marks and surrounding punctuation. The title has at most 60 code
    /// units. It is cut between two words where possible, and never inside a character. Null when there is no such line.
    /// </summary>
    public static string? FromQuestion(string question)
    {
        foreach (var line in question.AsSpan().EnumerateLines())
        {
            if (!IsCodeFence(line) && Shorten(TrimPunctuation(ExtractWords(line))) is var title && VisibleText.HasVisibleCharacter(title))
            {
                return title;
            }
        }

        return null;
    }

    private static bool IsCodeFence(ReadOnlySpan<char> line) =>
        line.TrimStart() is ['`', '`', '`', ..] or ['~', '~', '~', ..];

    /// <summary>
    /// The line's words, separated by one space, without the marks of headings, quotations, lists, emphasis and links.
    /// </summary>
    private static string ExtractWords(ReadOnlySpan<char> line)
    {
        var text = Link().Replace(LineMarks().Replace(line.ToString(), ""), "${text}");
        var words = new StringBuilder(text.Length);
        foreach (var word in text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))
        {
            var bare = word.AsSpan().Trim(Emphasis);
            words.Append(bare.IsEmpty ? word : bare).Append(' ');
        }

        return VisibleText.WithoutBidi(Controls().Replace(words.ToString(), ""));
    }

    private static string TrimPunctuation(string text)
    {
        var rest = text.AsSpan();
        var length = 0;
        while (rest.Length != length)
        {
            length = rest.Length;
            rest = rest.Trim().TrimStart(LeadingPunctuation).TrimEnd(TrailingPunctuation).Trim(Emphasis).Trim();
            if (rest.Length > 1 && IsPair(rest[0], rest[^1]) && !rest[1..^1].ContainsAny(rest[0], rest[^1]))
            {
                rest = rest[1..^1];
            }
        }

        return rest.ToString();
    }

    private static bool IsPair(char first, char last)
    {
        for (var i = 0; i < QuotesAndBrackets.Length; i += 2)
        {
            if (QuotesAndBrackets[i] == first && QuotesAndBrackets[i + 1] == last)
            {
                return true;
            }
        }

        return false;
    }

    private static string Shorten(string text)
    {
        if (text.Length <= MaxLength)
        {
            return text;
        }

        var end = 0;
        for (var next = 0; end + next < MaxLength; next = StringInfo.GetNextTextElementLength(text, end))
        {
            end += next;
        }

        // A word is cut only if removing the whole word would remove half of the title.
        var space = text.LastIndexOf(' ', end);
        var kept = text.AsSpan(0, space > MaxLength / 2 ? space : end).TrimEnd(TrailingPunctuation).TrimEnd();
        return kept.IsEmpty ? "" : $"{kept}{Ellipsis}";
    }

    // The marks of a heading, a quotation, a list item or a task at the start of a line, in any order and number.
    [GeneratedRegex(@"^\s*(?:(?:#{1,6}|>|[-*+]|\d{1,9}[.)]|\[[ xX]\])\s+)*", RegexOptions.NonBacktracking)]
    private static partial Regex LineMarks();

    [GeneratedRegex(@"!?\[(?<text>[^\[\]]*)\]\([^()\s]*\)", RegexOptions.NonBacktracking)]
    private static partial Regex Link();

    [GeneratedRegex(@"\p{Cc}", RegexOptions.NonBacktracking)]
    private static partial Regex Controls();
}
