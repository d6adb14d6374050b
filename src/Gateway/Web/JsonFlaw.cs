using System.Text.Json;

namespace GeminiChat.Gateway.Web;

/// <summary>Says what is wrong with a body that is not the JSON expected.</summary>
internal static class JsonFlaw
{
    public const string NotAnObject = "The body must be a JSON object.";

    public static string Describe(JsonException exception)
    {
        if (exception.InnerException is JsonException syntax)
        {
            return $"The body is not valid JSON: look at line {syntax.LineNumber + 1}, byte {syntax.BytePositionInLine + 1}.";
        }

        return exception switch
        {
            InputTextException { Path: ['$', '.', .. var field] } flaw => $"{field} {flaw.Message}.",
            { Message: var text } when text.StartsWith("Duplicate", StringComparison.Ordinal) =>
                "The body names the same field twice.",
            { Path: ['$', '.', .. var field] } => $"{field} has the wrong type.",
            _ => NotAnObject,
        };
    }
}
