using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Classes that share one gateway with short timeouts of the model.</summary>
[CollectionDefinition]
public sealed class SharedModelFaultGateway : ICollectionFixture<ModelFaultFixture>;

/// <summary>A gateway that soon gives up waiting for the model, tells it little of a conversation, and logs text.</summary>
public sealed class ModelFaultFixture : GatewayFixture
{
    protected override (string Name, string Value)[] Settings =>
    [
        ("GEMINI_IDLE_SECONDS", "5"), ("GEMINI_TOTAL_SECONDS", "10"), ("GEMINI_CONTEXT_TOKENS", "256"), ("LOG_FORMAT", "text"),

        // A proxy where nobody listens: a model on this machine is called directly.
        ("http_proxy", $"http://127.0.0.1:{Ports.FindFree()}"), ("no_proxy", ""),
    ];

    /// <summary>A room whose model plays these, and then answers well.</summary>
    internal async Task<ModelFaultRoom> Room(params Script[] scripts)
    {
        Gemini.ReplyAlways(Script.Words("well again"));
        Gemini.EnqueueReplies(scripts);
        return await NewRoom();
    }
}
