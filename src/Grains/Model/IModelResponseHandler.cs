using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Model;

/// <summary>Takes an answer as it arrives from the model.</summary>
internal interface IModelResponseHandler
{
    /// <summary>Whether text has been shown to anyone: the model cannot be called again without a contradiction.</summary>
    bool HasText { get; }

    /// <summary>Whether an answer that has ended is none: there is no visible text in it, for no reason of the model's.</summary>
    bool IsEmpty { get; }

    /// <summary>The model is being called.</summary>
    void OnCallStarting();

    /// <summary>The call failed, and another one follows after a wait.</summary>
    void OnRetrying();

    /// <summary>Takes a part of the answer.</summary>
    /// <returns>Whether more is wanted.</returns>
    bool Read(ChatResponseUpdate update);
}
