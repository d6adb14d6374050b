using System.Text;
using GeminiChat.Grains.Model;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Finds the places of a reply's text that are based on sources. The model counts UTF-8 bytes, and it counts in the part of its response
/// that has the text. So its positions are checked with the text that it gives with them.
/// </summary>
internal static class CitationFinder
{
    private const byte ContinuationMask = 0b1100_0000;
    private const byte Continuation = 0b1000_0000;

    /// <summary>What is stored with the reply; null when there is nothing.</summary>
    /// <param name="grounding">What the model reports; null for nothing.</param>
    /// <param name="text">The reply's text.</param>
    public static ReplyGrounding? Find(GroundingContent? grounding, string text)
    {
        if (grounding is null or { Sources.IsEmpty: true, SearchSuggestions: null })
        {
            return null;
        }

        var utf8 = Encoding.UTF8.GetBytes(text);
        var citations = new List<Citation>();
        foreach (var support in grounding.Supports.Where(support => !support.Sources.IsEmpty))
        {
            if ((FindByPosition(support, text, utf8) ?? FindByText(support, text, citations is [.., var last] ? last.Start : 0)) is var (start, end))
            {
                citations.Add(new Citation(start, end, support.Sources));
            }
        }

        return new ReplyGrounding(
            grounding.Sources, [.. citations.OrderBy(citation => citation.Start).ThenBy(citation => citation.End)], grounding.SearchSuggestions);
    }

    private static (int Start, int End)? FindByPosition(GroundingSupport support, string text, byte[] utf8)
    {
        if (ToUtf16(utf8, support.Start) is not { } start || ToUtf16(utf8, support.End) is not { } end || start >= end)
        {
            return null;
        }

        var isRight = string.IsNullOrEmpty(support.Text) || text.AsSpan(start, end - start).SequenceEqual(support.Text);
        return isRight ? (start, end) : null;
    }

    // The same words can be there twice. What the model cites comes in the order of the text, so the search goes on from the last place.
    private static (int Start, int End)? FindByText(GroundingSupport support, string text, int from)
    {
        if (string.IsNullOrEmpty(support.Text))
        {
            return null;
        }

        var start = text.IndexOf(support.Text, from, StringComparison.Ordinal);
        start = start < 0 ? text.IndexOf(support.Text, StringComparison.Ordinal) : start;
        var end = start + support.Text.Length;
        return start >= 0 && IsBoundary(text, start) && IsBoundary(text, end) ? (start, end) : null;
    }

    /// <summary>A position in UTF-8 bytes as one in UTF-16 code units; null when it is not between two code points.</summary>
    private static int? ToUtf16(ReadOnlySpan<byte> utf8, int position) =>
        position >= 0 && position <= utf8.Length && (position == utf8.Length || (utf8[position] & ContinuationMask) != Continuation)
            ? Encoding.UTF8.GetCharCount(utf8[..position])
            : null;

    private static bool IsBoundary(string text, int at) =>
        at == 0 || at == text.Length || !char.IsSurrogatePair(text[at - 1], text[at]);
}
