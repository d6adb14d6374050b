using Markdig.Extensions.Alerts;
using Markdig.Renderers;
using Markdig.Renderers.Html;

namespace GeminiChat.Gateway.Rendering;

/// <summary>Writes alerts, which are quotes with a title: <c>&gt; [!NOTE]</c>.</summary>
internal sealed class AlertRenderer : HtmlObjectRenderer<AlertBlock>
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
