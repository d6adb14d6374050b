using Markdig;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// The definitions of links in the text that is not parsed again: <c>[1]: https://a.example</c>. If a label has several, the first one counts.
/// </summary>
internal sealed class EarlierLinkDefinitions
{
    private const int MaxLinks = 200;

    /// <summary>UTF-16 code units of labels, addresses and titles.</summary>
    private const int MaxLength = 16_000;

    private readonly Dictionary<string, LinkReferenceDefinition> _links = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The length of all definitions.</summary>
    public int Length { get; private set; }

    public void Clear()
    {
        _links.Clear();
        Length = 0;
    }

    /// <summary>Adds the definitions that begin before a position. Those over the limit are left out.</summary>
    public void AddBefore(MarkdownDocument document, int position)
    {
        foreach (var (label, link) in document.GetLinkReferenceDefinitions(addGroup: false).Links)
        {
            var length = label.Length + (link.Url?.Length ?? 0) + (link.Title?.Length ?? 0);
            if (link.CreateLinkInline is null && link.Span.Start < position && _links.Count < MaxLinks && Length + length <= MaxLength
                && _links.TryAdd(label, new LinkReferenceDefinition(label, link.Url, link.Title)))
            {
                Length += length;
            }
        }
    }

    public MarkdownParserContext CreateContext() => new() { Properties = { [typeof(EarlierLinkDefinitions)] = _links } };

    /// <summary>
    /// Parses links. The earlier definitions are added to the document at its first link: by then its blocks are parsed, so its own
    /// definitions are known.
    /// </summary>
    public sealed class LinkParser : LinkInlineParser
    {
        public override bool Match(InlineProcessor processor, ref StringSlice slice)
        {
            if (processor.Context is { } context && context.Properties.Remove(typeof(EarlierLinkDefinitions), out var earlier))
            {
                var links = processor.Document.GetLinkReferenceDefinitions(addGroup: false).Links;
                foreach (var (label, link) in (Dictionary<string, LinkReferenceDefinition>)earlier)
                {
                    links[label] = link;
                }
            }

            return base.Match(processor, ref slice);
        }
    }
}
