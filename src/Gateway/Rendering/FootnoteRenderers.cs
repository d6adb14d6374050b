using Markdig.Extensions.Footnotes;
using Markdig.Renderers;
using Markdig.Renderers.Html;

namespace GeminiChat.Gateway.Rendering;

/// <summary>
/// Writes the number of a footnote. It is not a link: a link would need an id, and a page shows many replies. The part of its address after
/// <c>#</c> names a room.
/// </summary>
internal sealed class FootnoteLinkRenderer : HtmlObjectRenderer<FootnoteLink>
{
    protected override void Write(HtmlRenderer renderer, FootnoteLink obj)
    {
        if (!obj.IsBackLink)
        {
            renderer.Write($"<sup>[{obj.Footnote.Order}]</sup>");
        }
    }
}

internal sealed class FootnoteGroupRenderer : HtmlObjectRenderer<FootnoteGroup>
{
    protected override void Write(HtmlRenderer renderer, FootnoteGroup obj)
    {
        var notes = obj.OfType<Footnote>().Where(note => note.Order > 0).OrderBy(note => note.Order).ToList();
        if (notes.Count == 0)
        {
            return;
        }

        renderer.EnsureLine().WriteLine("<ol class=\"footnotes\">");
        foreach (var note in notes)
        {
            renderer.Write("<li>");
            renderer.WriteChildren(note);
            renderer.EnsureLine().WriteLine("</li>");
        }

        renderer.WriteLine("</ol>");
    }
}
