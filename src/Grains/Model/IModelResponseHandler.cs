using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Model;

/// <summary>Handles a response while it arrives from the model.</summary>
internal interface IModelResponseHandler
{
    /// <summary>
    /// Whether text has been shown to a reader. If so, the model cannot be called again, because the text could
    /// contradict the shown text.
    /// </summary>
    bool HasText { get; }

    /// <summary>
    /// Whether a response that has ended has no visible text although no limit or filter of the model prevented it.
    /// </summary>
    bool IsEmpty { get; }

    /// <summary>Called before each call of the model.</summary>
    void OnCallStarting();

    /// <summary>Called when a call failed and another call follows after a wait.</summary>
    void OnRetrying();

    /// <summary>Handles a part of the response. Called on any thread, for one part after the other.</summary>
    /// <returns>Whether the handler wants more.</returns>
    bool Read(ChatResponseUpdate update);
}
