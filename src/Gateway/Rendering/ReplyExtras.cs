using Markdig.Extensions.Alerts;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.TaskLists;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace GeminiChat.Gateway.Rendering;

/// <summary>Task lists, footnotes and alerts. None of them has an id, since a page shows many replies.</summary>
internal static class ReplyExtras
{
    /// <summary>The text after a box becomes its label, so the box has an accessible name.</summary>
    public static void LabelTasks(MarkdownDocument document)
    {
        foreach (var task in document.Descendants<TaskList>().ToList())
        {
            var label = new TaskLabel(task.Checked);
            while (task.NextSibling is { } next)
            {
                next.Remove();
                label.AppendChild(next);
            }

            task.ReplaceBy(label);
        }
    }

    public static void AddRenderers(ObjectRendererCollection renderers)
    {
        renderers.Add(new TaskLabelRenderer());
        renderers.ReplaceOrAdd<AlertBlockRenderer>(new AlertRenderer());
        renderers.ReplaceOrAdd<HtmlFootnoteLinkRenderer>(new FootnoteNumberRenderer());
        renderers.ReplaceOrAdd<HtmlFootnoteGroupRenderer>(new FootnotesRenderer());
    }

    /// <summary>A box is at the start of an item, with a space after it. Markdig finds boxes everywhere in it.</summary>
    public sealed class TaskParser : TaskListInlineParser
    {
        private const int BoxLength = 3;

        public override bool Match(InlineProcessor processor, ref StringSlice slice) =>
            processor.Block is { Parent: ListItemBlock item, Inline.FirstChild: null } block && item[0] == block
            && slice.PeekChar(BoxLength) is ' ' or '\t'
            && base.Match(processor, ref slice);
    }

    /// <summary>A box of a task list with its text.</summary>
    private sealed class TaskLabel(bool isChecked) : ContainerInline
    {
        public bool IsChecked => isChecked;
    }

    private sealed class TaskLabelRenderer : HtmlObjectRenderer<TaskLabel>
    {
        protected override void Write(HtmlRenderer renderer, TaskLabel obj)
        {
            renderer.Write("<label><input type=\"checkbox\" disabled").Write(obj.IsChecked ? " checked>" : ">");
            renderer.WriteChildren(obj);
            renderer.Write("</label>");
        }
    }

    /// <summary><c>&gt; [!NOTE]</c>: a quote with a title.</summary>
    private sealed class AlertRenderer : HtmlObjectRenderer<AlertBlock>
    {
        private static readonly (string Class, string Title)[] Kinds =
            [("note", "Note"), ("tip", "Tip"), ("important", "Important"), ("warning", "Warning"), ("caution", "Caution")];

        protected override void Write(HtmlRenderer renderer, AlertBlock obj)
        {
            var name = obj.Kind.ToString();
            var (style, title) = Kinds.FirstOrDefault(kind => kind.Class.Equals(name, StringComparison.OrdinalIgnoreCase));
            renderer.EnsureLine();
            if (style is null)
            {
                renderer.Write("<blockquote>\n<p>[!").WriteEscape(name).WriteLine("]</p>");
            }
            else
            {
                renderer.WriteLine($"<blockquote class=\"alert {style}\">\n<p class=\"alert-title\">{title}</p>");
            }

            renderer.WriteChildren(obj);
            renderer.EnsureLine().WriteLine("</blockquote>");
        }
    }

    /// <summary>The number of a footnote. It is no link: that would need an id, and the addresses of the page are those of rooms.</summary>
    private sealed class FootnoteNumberRenderer : HtmlObjectRenderer<FootnoteLink>
    {
        protected override void Write(HtmlRenderer renderer, FootnoteLink obj)
        {
            if (!obj.IsBackLink)
            {
                renderer.Write($"<sup>[{obj.Footnote.Order}]</sup>");
            }
        }
    }

    private sealed class FootnotesRenderer : HtmlObjectRenderer<FootnoteGroup>
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
}
