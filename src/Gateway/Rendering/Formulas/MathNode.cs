using System.Text;
using GeminiChat.Gateway.Rendering.Code;

namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>Where the scripts of a node go.</summary>
internal enum ScriptPlacement
{
    Beside,

    /// <summary>Below and above in formulas of their own, else beside.</summary>
    Movable,
    BelowAndAbove,
}

/// <summary>An element of MathML. Tags and attributes come from this program only; texts are escaped.</summary>
/// <param name="Tag">The name of the element.</param>
/// <param name="Children">The elements in it; none if it has a text.</param>
/// <param name="Text">The text in it; empty if it has elements.</param>
/// <param name="Attributes">The source of its attributes, with a blank before each.</param>
internal sealed record MathNode(string Tag, IReadOnlyList<MathNode> Children, string Text = "", string Attributes = "")
{
    /// <summary>The attribute of a single letter that is not italic.</summary>
    public const string Upright = " mathvariant=\"normal\"";

    /// <summary>The space between the name of a function and what is beside it.</summary>
    public static MathNode FunctionSpace { get; } = Space("0.1667");

    public ScriptPlacement Scripts { get; init; }

    /// <summary>Whether it is the name of a function, which has a space before its argument.</summary>
    public bool IsFunction { get; init; }

    /// <summary>Whether a sign after it has no left side, as in "= -1".</summary>
    public bool ExpectsOperand { get; init; }

    public static MathNode Identifier(string text, string attributes = "") => new("mi", [], text, attributes);

    public static MathNode Number(string text) => new("mn", [], text);

    public static MathNode Operator(string text, string attributes = "") => new("mo", [], text, attributes) { ExpectsOperand = true };

    /// <summary>The name of a function.</summary>
    /// <param name="name">The name.</param>
    /// <param name="hasLimits">Whether its scripts are limits, as those of <c>lim</c>.</param>
    public static MathNode Function(string name, bool hasLimits) => hasLimits
        ? new MathNode("mo", [], name, " form=\"prefix\" movablelimits=\"true\" lspace=\"0em\" rspace=\"0em\"") { Scripts = ScriptPlacement.Movable, IsFunction = true }
        : Identifier(name, name.Length == 1 ? Upright : "") with { IsFunction = true };

    /// <summary>A bracket or bar of the height of a letter.</summary>
    public static MathNode Fence(string text, bool isOpening = false) =>
        new("mo", [], text, text is "|" or "‖" ? " stretchy=\"false\" lspace=\"0em\" rspace=\"0em\"" : " stretchy=\"false\"") { ExpectsOperand = isOpening };

    public static MathNode Space(string width) => new("mspace", [], "", $" width=\"{width}em\"");

    public static MathNode Of(string tag, params IReadOnlyList<MathNode> children) => new(tag, children);

    /// <summary>A row as one node.</summary>
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

/// <summary>The formula has an unknown command, is not complete, or exceeds a limit.</summary>
internal sealed class TexException(string message) : Exception(message);
