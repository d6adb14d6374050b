namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The one place that says which ends of a reply are given back to the day's count: the listed ones and no other. The list
/// holds faults of the service and of the model. What the user's own text can bring about counts, or the limit would not
/// bound the calls of the model: a refused prompt or answer (<see cref="EndReasons.Safety"/>), a question that is too long
/// (<see cref="EndReasons.TooLong"/>), an answer that met its length limit (<see cref="EndReasons.Length"/>). So does
/// whatever has shown text, or was stopped after the call.
/// </summary>
internal static class RefundPolicy
{
    /// <summary>What a reply's end gives back.</summary>
    /// <param name="end">The state at its end.</param>
    /// <param name="reason">One of <see cref="EndReasons"/> when it failed.</param>
    /// <param name="wasModelCalled">Whether the model was called for it, by this activation or an earlier one.</param>
    public static Refund Decide(MessageStatus end, string? reason, bool wasModelCalled) => (end, reason) switch
    {
        (MessageStatus.Stopped, _) when !wasModelCalled => Refund.Stop,
        (MessageStatus.Failed, EndReasons.ModelQuota or EndReasons.ModelUnavailable or EndReasons.ModelConfig
            or EndReasons.ModelTimeout or EndReasons.ModelError or EndReasons.Empty or EndReasons.Interrupted) => Refund.Fault,
        _ => Refund.None,
    };
}

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
