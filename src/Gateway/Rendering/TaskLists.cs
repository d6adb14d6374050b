using Markdig.Extensions.TaskLists;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace GeminiChat.Gateway.Rendering;

/// <summary>Task lists: <c>- [x] done</c>. A box has no id, because a page shows many replies.</summary>
internal static class TaskLists
{
    /// <summary>Makes the text after each box its label, so that the box has an accessible name.</summary>
    public static void AddLabels(MarkdownDocument document)
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
}

/// <summary>Parses a box at the start of an item, with a space after it. Markdig alone would find boxes anywhere in the item.</summary>
internal sealed class TaskListParser : TaskListInlineParser
{
    private const int BoxLength = 3;

    public override bool Match(InlineProcessor processor, ref StringSlice slice) =>
        processor.Block is { Parent: ListItemBlock item, Inline.FirstChild: null } block && item[0] == block
        && slice.PeekChar(BoxLength) is ' ' or '\t'
        && base.Match(processor, ref slice);
}

/// <summary>A box of a task list with its text.</summary>
internal sealed class TaskLabel(bool isChecked) : ContainerInline
{
    public bool IsChecked => isChecked;
}

internal sealed class TaskLabelRenderer : HtmlObjectRenderer<TaskLabel>
{
    protected override void Write(HtmlRenderer renderer, TaskLabel obj)
    {
        renderer.Write("<label><input type=\"checkbox\" disabled").Write(obj.IsChecked ? " checked>" : ">");
        renderer.WriteChildren(obj);
        renderer.Write("</label>");
    }
}
