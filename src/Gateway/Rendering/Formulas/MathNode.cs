using System.Text;
using GeminiChat.Gateway.Rendering.Code;

namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>Where the scripts of a node go.</summary>
internal enum ScriptPlace
{
    Beside,

    /// <summary>Below and above in formulas of their own, else beside.</summary>
    Movable,
    BelowAndAbove,
}

/// <summary>An element of MathML. Tags and attributes come from this program only; texts are escaped.</summary>
/// <param name="Tag">Its name.</param>
/// <param name="Children">Its elements, if it has no text.</param>
/// <param name="Text">Its text, if it has no elements.</param>
/// <param name="Attributes">As they are written, with a blank before each.</param>
internal sealed record MathNode(string Tag, IReadOnlyList<MathNode> Children, string Text = "", string Attributes = "")
{
    public ScriptPlace Scripts { get; init; }

    /// <summary>Whether it is the name of a function, which has a space before its argument.</summary>
    public bool IsFunction { get; init; }

    /// <summary>Whether a sign after it has no left side, as in "= -1".</summary>
    public bool ExpectsOperand { get; init; }

    public static MathNode Identifier(string text, string attributes = "") => new("mi", [], text, attributes);

    public static MathNode Number(string text) => new("mn", [], text);

    public static MathNode Operator(string text, string attributes = "") => new("mo", [], text, attributes) { ExpectsOperand = true };

    /// <summary>A bracket or bar of the height of a letter.</summary>
    public static MathNode Fence(string text, bool isOpening = false) =>
        new("mo", [], text, text is "|" or "‖" ? " stretchy=\"false\" lspace=\"0em\" rspace=\"0em\"" : " stretchy=\"false\"") { ExpectsOperand = isOpening };

    public static MathNode Space(string width) => new("mspace", [], "", $" width=\"{width}em\"");

    public static MathNode Of(string tag, params IReadOnlyList<MathNode> children) => new(tag, children);

    /// <summary>One node for a row of any length.</summary>
    public static MathNode Row(IReadOnlyList<MathNode> children) => children is [var only] ? only : new MathNode("mrow", children);

    public MathNode With(string attributes) => this with { Attributes = Attributes + attributes };

    public void Write(StringBuilder html)
    {
        html.Append('<').Append(Tag).Append(Attributes).Append('>');
        CodeWriter.AppendEscaped(html, Text);
        foreach (var child in Children)
        {
            child.Write(html);
        }

        html.Append("</").Append(Tag).Append('>');
    }
}

/// <summary>A formula has a command that is unknown here, or is not complete, or exceeds a limit.</summary>
internal sealed class TexException(string message) : Exception(message);
