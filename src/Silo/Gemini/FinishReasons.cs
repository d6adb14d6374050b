using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>Maps Gemini's finish reasons to those of Microsoft.Extensions.AI.</summary>
internal static class FinishReasons
{
    /// <summary>Gemini's own reason OTHER, or an unknown reason: the response is not complete.</summary>
    public static readonly ChatFinishReason Other = new("other");

    /// <summary>Whether the response has ended. Some streams have an empty or unspecified reason in every event.</summary>
    public static bool IsFinish(string? reason) => reason is not (null or "" or "FINISH_REASON_UNSPECIFIED");

    /// <summary>Whether the prompt was refused.</summary>
    public static bool IsBlock(string? reason) => reason is not (null or "" or "BLOCK_REASON_UNSPECIFIED");

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
