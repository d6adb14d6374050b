using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Model;

/// <summary>
/// Parts of a response as contents of messages: how the model's client gives them, and how it takes them back in a later prompt.
/// A thought is <see cref="TextReasoningContent"/>, everything else is <see cref="TextContent"/> with further properties.
/// </summary>
internal static class PartContents
{
    private const string SignatureProperty = "thoughtSignature";
    private const string CodeProperty = "executableCode";
    private const string ResultProperty = "codeExecutionResult";

    public static AIContent Create(ReplyPartKind kind, string text, string? signature, string? data = null)
    {
        if (kind is ReplyPartKind.Thought)
        {
            return new TextReasoningContent(text) { ProtectedData = signature };
        }

        var content = new TextContent(text);
        Add(content, SignatureProperty, signature);
        Add(content, kind is ReplyPartKind.CodeResult ? ResultProperty : CodeProperty, data);
        return content;
    }

    /// <summary>Reads a content; false when it is no text, thought or code.</summary>
    public static bool TryRead(AIContent content, out ReplyPartKind kind, out string text, out string? signature, out string? data)
    {
        (kind, text, signature, data) = (ReplyPartKind.Text, "", null, null);
        if (content is TextReasoningContent thought)
        {
            (kind, text, signature) = (ReplyPartKind.Thought, thought.Text, thought.ProtectedData);
            return true;
        }

        if (content is not TextContent part)
        {
            return false;
        }

        text = part.Text;
        if (part.AdditionalProperties is { } properties)
        {
            signature = properties.GetValueOrDefault(SignatureProperty) as string;
            (kind, data) = properties.GetValueOrDefault(CodeProperty) is string code ? (ReplyPartKind.Code, code)
                : properties.GetValueOrDefault(ResultProperty) is string result ? (ReplyPartKind.CodeResult, result)
                : (ReplyPartKind.Text, null);
        }

        return true;
    }

    private static void Add(AIContent content, string property, string? value)
    {
        if (value is not null)
        {
            (content.AdditionalProperties ??= [])[property] = value;
        }
    }
}
