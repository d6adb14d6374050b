using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>Gemini's reasons for ending an answer, as Microsoft.Extensions.AI knows them.</summary>
internal static class FinishReasons
{
    /// <summary>The model gave up for a reason of its own, or one that is not known here: the answer is not whole.</summary>
    public static readonly ChatFinishReason Other = new("other");

    /// <summary>Whether it is one; some streams repeat an empty or unspecified one in every event.</summary>
    public static bool IsFinish(string? reason) => reason is not (null or "" or "FINISH_REASON_UNSPECIFIED");

    /// <summary>Whether a prompt was refused with it.</summary>
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
