using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A gateway that soon gives up waiting for the model.</summary>
public sealed class ModelFaultFixture : GatewayFixture
{
    protected override (string Name, string Value)[] Settings => [("GEMINI_IDLE_SECONDS", "5"), ("GEMINI_TOTAL_SECONDS", "10")];

    /// <summary>A room whose model plays these, and then answers well.</summary>
    internal async Task<ModelFaultRoom> Room(params Script[] scripts)
    {
        Gemini.ReplyAlways(Script.Words("well again"));
        Gemini.EnqueueReplies(scripts);
        return await NewRoom();
    }

    /// <summary>What the process has logged.</summary>
    internal string Log => Gateway.Output;
}
