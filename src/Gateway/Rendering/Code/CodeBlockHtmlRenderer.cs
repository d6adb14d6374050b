using System.Text;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>
/// Writes blocks of code: the name of the language is in <c>data-language</c> of <c>pre</c>, and the code in <c>code</c> has elements with
/// the classes of <see cref="CodeKinds"/>.
/// </summary>
internal sealed class CodeBlockHtmlRenderer : HtmlObjectRenderer<CodeBlock>
{
    private const int MaxNameLength = 32;

    protected override void Write(HtmlRenderer renderer, CodeBlock obj)
    {
        renderer.EnsureLine();
        var name = NameOf(obj);
        var html = new StringBuilder();
        var language = CodeLanguages.Find(name);
        html.Append(name.Length > 0 ? $"<pre data-language=\"{language?.Name ?? name}\"><code class=\"language-{name}\">" : "<pre><code>");

        CodeHighlighter.Write(html, TextOf(obj), language);
        renderer.Write(html.Append("</code></pre>").ToString()).EnsureLine();
    }

    /// <summary>The first word after the fence, if it can be the name of a language; else empty.</summary>
    private static string NameOf(CodeBlock block)
    {
        var info = (block as FencedCodeBlock)?.Info ?? "";
        var isName = info.Length <= MaxNameLength && info.All(static c => char.IsLetterOrDigit(c) || c is '+' or '#' or '-' or '_' or '.');
        return isName ? info : "";
    }

    private static string TextOf(CodeBlock block)
    {
        var text = new StringBuilder();
        for (var i = 0; i < block.Lines.Count; i++)
        {
            text.Append(block.Lines.Lines[i].Slice.AsSpan()).Append('\n');
        }

        return text.ToString();
    }
}
