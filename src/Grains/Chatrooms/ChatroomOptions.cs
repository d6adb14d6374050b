using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Limits of a room.</summary>
public sealed class ChatroomOptions
{
    /// <summary>How many turns may wait besides the running one. Default 20.</summary>
    [Range(1, 1000)]
    public int MaxWaitingTurns { get; set; } = 20;

    /// <summary>
    /// Token budget for the conversation that is sent to the model, estimated at four UTF-8 bytes per token. The question
    /// is always sent, whatever its size. Default 32,768, setting <c>GEMINI_CONTEXT_TOKENS</c>.
    /// </summary>
    [ConfigurationKeyName("GEMINI_CONTEXT_TOKENS")]
    [Range(256, 1_048_576, ErrorMessage = "GEMINI_CONTEXT_TOKENS must be a whole number from 256 to 1048576.")]
    public int ContextTokens { get; set; } = 32_768;

    /// <summary>
    /// Maximum UTF-8 bytes of a response. A longer one is cut and stored as <c>incomplete</c>. Default 512 KiB.
    /// </summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 512 * 1024;

    /// <summary>How often the text of a running reply is stored. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:20")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Maximum number of attempts at a reply. A crash or a move to another silo starts a new attempt. Default 5.
    /// </summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How many of the newest messages a room keeps in memory. Default 200.</summary>
    [Range(100, 10_000)]
    public int TailMessages { get; set; } = 200;
}
