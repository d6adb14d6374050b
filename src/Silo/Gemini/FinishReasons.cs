using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>Gemini's reasons for ending an answer, as Microsoft.Extensions.AI knows them.</summary>
internal static class FinishReasons
{
    /// <summary>The model gave up for a reason of its own, or one that is not known here: the answer is not whole.</summary>
    public static readonly ChatFinishReason Other = new("other");

    public static ChatFinishReason Map(string reason) => reason switch
    {
        "STOP" => ChatFinishReason.Stop,
        "MAX_TOKENS" or "CONTINUATION" => ChatFinishReason.Length,
        "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "LANGUAGE" =>
            ChatFinishReason.ContentFilter,
        _ when reason.StartsWith("IMAGE_", StringComparison.Ordinal) => ChatFinishReason.ContentFilter,
        "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" => ChatFinishReason.ToolCalls,
        _ => Other,
    };
}
