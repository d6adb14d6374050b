using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Limits of a room.</summary>
public sealed class ChatroomOptions
{
    /// <summary>How many turns may wait beside the one at work. Default 20.</summary>
    [Range(1, 1000)]
    public int MaxWaitingTurns { get; set; } = 20;

    /// <summary>
    /// Budget for the conversation sent to the model, in tokens estimated at four UTF-8 bytes each; the question is
    /// sent whatever its size. Default 32,768, setting <c>GEMINI_CONTEXT_TOKENS</c>.
    /// </summary>
    [ConfigurationKeyName("GEMINI_CONTEXT_TOKENS")]
    [Range(256, 1_048_576, ErrorMessage = "GEMINI_CONTEXT_TOKENS must be a whole number from 256 to 1048576.")]
    public int ContextTokens { get; set; } = 32_768;

    /// <summary>
    /// The model that answers users of tier Pro; null for the one that everybody has. Setting <c>GEMINI_PRO_MODEL</c>.
    /// </summary>
    [ConfigurationKeyName("GEMINI_PRO_MODEL")]
    [RegularExpression(
        "^[A-Za-z0-9][A-Za-z0-9._-]*$",
        ErrorMessage = "GEMINI_PRO_MODEL must be the bare name of a model, like gemini-3.8-pro.")]
    public string? ProModel { get; set; }

    /// <summary>Most UTF-8 bytes of an answer; beyond it, it is cut as <c>incomplete</c>. Default 512 KiB.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 512 * 1024;

    /// <summary>How often the text of a running reply is stored. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:20")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often an attempt at a reply may start, crashes and moves included. Default 5.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How many of the newest messages a room keeps in memory. Default 200.</summary>
    [Range(100, 10_000)]
    public int TailMessages { get; set; } = 200;
}
