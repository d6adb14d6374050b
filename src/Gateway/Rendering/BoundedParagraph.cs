using System.Buffers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>A paragraph that knows what it will cost.</summary>
internal sealed class BoundedParagraph(BlockParser parser) : ParagraphBlock(parser)
{
    private InlineCost _cost;

    /// <summary>Whether another line would make it too costly.</summary>
    public bool IsFullFor(ReadOnlySpan<char> line) => _cost.With(line).IsTooHigh;

    /// <summary>Counts a line that belongs to it.</summary>
    public void Count(ReadOnlySpan<char> line) => _cost = _cost.With(line);
}

/// <summary>
/// Bounds what the text of one block costs. At each mark that may begin or end something Markdig may look through the whole
/// block, so the time grows with marks x length.
/// </summary>
/// <param name="Length">UTF-16 code units.</param>
/// <param name="Marks">Characters that emphasis, links, code and addresses are made of.</param>
internal readonly record struct InlineCost(int Length, int Marks)
{
    private const int Longest = 16_000;

    /// <summary>500 marks in 4,000 characters: prose has a few, a table of bold numbers some hundred.</summary>
    private const long Highest = 2_000_000;

    private static readonly SearchValues<char> MarkCharacters = SearchValues.Create("*_~`[]<&:(");

    public bool IsTooHigh => Length > Longest || (long)Length * Marks > Highest;

    public InlineCost With(ReadOnlySpan<char> line) => new(Length + line.Length + 1, Marks + line.CountAny(MarkCharacters));
}
