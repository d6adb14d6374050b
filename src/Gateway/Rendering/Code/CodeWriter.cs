using System.Buffers;
using System.Text;

namespace GeminiChat.Gateway.Rendering.Code;

/// <summary>
/// Writes code as HTML, with an element around each run of the same kind. After the first lines, elements of the class <c>lines</c> hold
/// so many lines each: a browser lays out only the one that grows.
/// </summary>
/// <param name="html">Where to write.</param>
/// <param name="maxLength">The length from which on nothing is written.</param>
internal sealed class CodeWriter(StringBuilder html, int maxLength)
{
    /// <summary>How many lines an element of the class <c>lines</c> holds.</summary>
    public const int LinesPerElement = 40;

    private static readonly SearchValues<char> Special = SearchValues.Create("&<>");
    private readonly int _end = html.Length + maxLength;
    private string? _kind;
    private int _lines;
    private bool _isInLines;

    /// <summary>Whether there was no room for all elements.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Writes a text, in the element before it if that has the same kind.</summary>
    /// <param name="text">The text.</param>
    /// <param name="kind">One of <see cref="CodeKinds"/>; null for text without a colour.</param>
    public void Write(ReadOnlySpan<char> text, string? kind = null)
    {
        // Blanks have no colour, so they need no elements of their own.
        if (text.IsEmpty || (IsFull |= html.Length > _end))
        {
            return;
        }

        if (kind != _kind && !text.IsWhiteSpace())
        {
            CloseKind();
            BeginLinesIfDue();
            OpenKind(kind);
        }

        while (!text.IsEmpty)
        {
            BeginLinesIfDue();
            var end = text.IndexOf('\n') + 1;
            _lines += end > 0 ? 1 : 0;
            var line = end > 0 ? text[..end] : text;
            AppendEscaped(html, line);
            text = text[line.Length..];
        }
    }

    /// <summary>Ends all elements.</summary>
    public void Close()
    {
        CloseKind();
        html.Append(_isInLines ? "</span>" : "");
        _isInLines = false;
    }

    private void BeginLinesIfDue()
    {
        if (_lines < LinesPerElement)
        {
            return;
        }

        var kind = _kind;
        Close();
        html.Append("<span class=\"lines\">");
        (_isInLines, _lines) = (true, 0);
        OpenKind(kind);
    }

    private void OpenKind(string? kind)
    {
        if (kind is not null)
        {
            html.Append("<span class=\"").Append(kind).Append("\">");
        }

        _kind = kind;
    }

    private void CloseKind()
    {
        if (_kind is not null)
        {
            html.Append("</span>");
        }

        _kind = null;
    }

    public static void AppendEscaped(StringBuilder html, ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAny(Special); at >= 0; at = text.IndexOfAny(Special))
        {
            html.Append(text[..at]).Append(text[at] switch { '&' => "&amp;", '<' => "&lt;", _ => "&gt;" });
            text = text[(at + 1)..];
        }

        html.Append(text);
    }
}

/// <summary>The CSS classes of code. The style sheet <c>css/rich.css</c> has a colour for each.</summary>
internal static class CodeKinds
{
    public const string Keyword = "keyword";
    public const string Type = "type";
    public const string Function = "function";
    public const string Variable = "variable";

    /// <summary>The name of a property, an attribute or a key.</summary>
    public const string Name = "name";
    public const string Tag = "tag";
    public const string String = "string";
    public const string Number = "number";
    public const string Comment = "comment";

    /// <summary>What is not of the program itself: annotations, directives, declarations of a document.</summary>
    public const string Meta = "meta";
    public const string Inserted = "inserted";
    public const string Deleted = "deleted";
    public const string Heading = "heading";
}
