using Markdig;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>Definitions of links in text that is not parsed again: <c>[1]: https://a.example</c>. The first one of a label counts.</summary>
internal sealed class KnownLinks
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

    public MarkdownParserContext CreateContext() => new() { Properties = { [typeof(KnownLinks)] = _links } };

    /// <summary>Parses links. When the first one begins, the blocks of the document are parsed, and the known definitions are added.</summary>
    public sealed class Parser : LinkInlineParser
    {
        public override bool Match(InlineProcessor processor, ref StringSlice slice)
        {
            if (processor.Context is { } context && context.Properties.Remove(typeof(KnownLinks), out var known))
            {
                var links = processor.Document.GetLinkReferenceDefinitions(addGroup: false).Links;
                foreach (var (label, link) in (Dictionary<string, LinkReferenceDefinition>)known)
                {
                    links[label] = link;
                }
            }

            return base.Match(processor, ref slice);
        }
    }
}
