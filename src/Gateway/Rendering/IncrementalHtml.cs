using System.Text;
using GeminiChat.Gateway.Rendering.Formulas;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering;

/// <summary>A change of the HTML of a reply that is being written.</summary>
/// <param name="Block">The changed block of the top level, counted from 0.</param>
/// <param name="Keep">How much of the block stays, from its start, in UTF-16 code units.</param>
/// <param name="Html">What follows it in the block.</param>
/// <param name="Blocks">How many blocks there are after all changes of the same rendering. Blocks behind them are gone.</param>
internal readonly record struct HtmlChange(int Block, int Keep, string Html, int Blocks);

/// <summary>
/// The HTML of a reply that is being written. Only the text from its last block on is parsed again, so the work does not grow with
/// the reply. Later text can change a closed block, as the definition of a link does. That change shows when the reply is complete.
/// Definitions in closed blocks apply to the text after them.
/// </summary>
internal sealed class IncrementalHtml
{
    /// <summary>UTF-16 code units.</summary>
    private const int MaxLineStart = 80;

    private readonly StringBuilder _text = new();
    private readonly List<string> _blocks = [];
    private readonly EarlierLinkDefinitions _links = new();
    private int _closedText;
    private int _closedBlocks;

    /// <summary>Whether there is text that is not rendered.</summary>
    public bool HasUnrenderedText { get; private set; }

    public void Append(string text)
    {
        _text.Append(text);
        HasUnrenderedText |= text.Length > 0;
    }

    public void Clear()
    {
        _text.Clear();
        _blocks.Clear();
        _links.Clear();
        _closedText = _closedBlocks = 0;
        HasUnrenderedText = false;
    }

    /// <summary>Renders the text so far.</summary>
    public IReadOnlyList<HtmlChange> Render()
    {
        HasUnrenderedText = false;
        var open = _text.ToString(_closedText, _text.Length - _closedText);
        var rendered = ReplyHtml.Render(open, out var last, _links);
        var changes = Replace(_closedBlocks, [.. rendered.Blocks]);
        if (last is { Document: { } document } section && FindOpenBlock(section.Text, document) is var index and >= 0)
        {
            Close(section, document, index, open.Length, rendered);
        }

        return changes;
    }

    /// <summary>Replaces everything by the rendering of the complete reply.</summary>
    public IReadOnlyList<HtmlChange> Complete(RenderedReply reply)
    {
        HasUnrenderedText = false;
        return Replace(0, [.. reply.Blocks]);
    }

    /// <summary>The index of the first block that the next text may change; negative if that may be any block.</summary>
    private static int FindOpenBlock(string text, MarkdownDocument document)
    {
        var open = Before(document, document.Count);
        if (open < 0 || document[open] is FootnoteGroup)
        {
            return -1;
        }

        // The start of a line does not tell yet what it is: "2" may become "2. item".
        var before = Before(document, open);
        if (before >= 0 && IsStartOfLine(text.AsSpan(document[open].Span.Start)))
        {
            open = before;
            before = Before(document, open);
        }

        // They may have been one paragraph.
        if (before >= 0 && document[open] is Table && document[before] is ParagraphBlock)
        {
            open = before;
        }

        // Lines after the start of a formula are blocks of their own until its end comes.
        var formula = document.TakeWhile(block => block is not ParagraphBlock || !TexBlockParser.MayBeOpenFormula(text, block.Span)).Count();
        return Math.Min(open, formula);
    }

    /// <summary>The index of the block before another; -1 if there is none. A group of definitions has no place in the text.</summary>
    private static int Before(MarkdownDocument document, int index)
    {
        do
        {
            index--;
        }
        while (index >= 0 && document[index] is LinkReferenceDefinitionGroup);
        return index;
    }

    private static bool IsStartOfLine(ReadOnlySpan<char> text) => text.Length <= MaxLineStart && !text.Contains('\n');

    /// <summary>Closes the blocks before one.</summary>
    private void Close(MarkdownSection section, MarkdownDocument document, int index, int length, RenderedReply rendered)
    {
        var position = section.Text.LastIndexOf('\n', Math.Max(0, document[index].Span.Start - 1)) + 1;
        var before = rendered.Ends.Length - document.Count + index - 1;
        if (before < 0 || (section.StartsInCodeBlock && index == 0))
        {
            return;
        }

        _links.AddBefore(document, position);
        _closedText += length - section.Text.Length + position;
        _closedBlocks += rendered.Ends.Take(before + 1).Prepend(0).Distinct().Count() - 1;
    }

    private List<HtmlChange> Replace(int from, IReadOnlyList<string> blocks)
    {
        var changes = new List<HtmlChange>();
        var count = from + blocks.Count;
        for (var i = from; i < count; i++)
        {
            var (known, block) = (i < _blocks.Count ? _blocks[i] : "", blocks[i - from]);
            var keep = CommonLength(known, block);
            if (keep < block.Length || keep < known.Length)
            {
                changes.Add(new HtmlChange(i, keep, block[keep..], count));
            }
        }

        if (changes.Count == 0 && count < _blocks.Count)
        {
            var last = Math.Max(0, count - 1);
            changes.Add(count == 0 ? new HtmlChange(0, 0, "", 0) : new HtmlChange(last, _blocks[last].Length, "", count));
        }

        _blocks.RemoveRange(from, _blocks.Count - from);
        _blocks.AddRange(blocks);
        return changes;
    }

    // Both halves of a surrogate pair stay together.
    private static int CommonLength(string one, string other)
    {
        var length = one.AsSpan().CommonPrefixLength(other);
        return length > 0 && char.IsHighSurrogate(one[length - 1]) ? length - 1 : length;
    }
}
