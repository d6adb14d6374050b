using System.Buffers;
using Markdig.Extensions.AutoLinks;
using Markdig.Helpers;
using Markdig.Parsers;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Finds addresses in the text. At each possible start Markdig reads up to the next white space, so a long run of starts
/// would take time that grows with the square of its length: in a run that is longer than the bound there are no addresses.
/// </summary>
internal sealed class BoundedAutoLinkParser() : AutoLinkParser(new AutoLinkOptions())
{
    private const int LongestRun = 1_000;

    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\n");

    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        var text = slice.AsSpan();
        return (text.Length <= LongestRun || text[..LongestRun].ContainsAny(Blanks)) && base.Match(processor, ref slice);
    }
}
