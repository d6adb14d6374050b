namespace GeminiChat.Gateway.Rendering;

/// <summary>A reply as HTML.</summary>
/// <param name="Html">All of it.</param>
/// <param name="Ends">Where each block of its top level ends in it. Some blocks, such as the definition of a link, have no HTML.</param>
internal sealed record RenderedReply(string Html, ImmutableArray<int> Ends)
{
    /// <summary>The HTML of each block that has any. Joined, they are the whole.</summary>
    public IEnumerable<string> Blocks
    {
        get
        {
            var start = 0;
            foreach (var end in Ends.Where(end => end > start))
            {
                yield return Html[start..end];
                start = end;
            }
        }
    }
}
