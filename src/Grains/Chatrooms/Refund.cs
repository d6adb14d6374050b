namespace GeminiChat.Grains.Chatrooms;

/// <summary>Whether the day that counted a reply gets it back at the reply's end. It gets it back once at most.</summary>
public enum Refund
{
    /// <summary>It does not: the reply counts.</summary>
    None = 0,

    /// <summary>There is no answer, by a fault of the service or the model: it always does.</summary>
    Fault = 1,

    /// <summary>
    /// The user stopped the turn before the model was called: it does, but for no more such turns than the day's limit.
    /// </summary>
    Stop = 2,
}
