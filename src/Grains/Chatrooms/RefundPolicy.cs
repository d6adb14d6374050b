namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Decides which ends of a reply are given back to the day's count. This is the only place, and only the listed ends are
/// given back. They are faults of the service and of the model. An end that the user's own text or files can cause is not given
/// back, because otherwise the limit would not bound the calls of the model: a refused prompt or response (
/// <see cref="EndReasons.Safety"/>), a question that is too long (<see cref="EndReasons.TooLong"/>), a file that the model refuses (
/// <see cref="EndReasons.FileRefused"/>), a response that reached its length limit (<see cref="EndReasons.Length"/>). A reply that has shown text, or was stopped after the call, is not
/// given back either.
/// </summary>
internal static class RefundPolicy
{
    /// <summary>Decides whether a reply's end is given back.</summary>
    /// <param name="end">The final state of the reply.</param>
    /// <param name="reason">One of <see cref="EndReasons"/> when the reply failed.</param>
    /// <param name="wasModelCalled">Whether this activation or an earlier one called the model for the reply.</param>
    public static Refund Decide(MessageStatus end, string? reason, bool wasModelCalled) => (end, reason) switch
    {
        (MessageStatus.Stopped, _) when !wasModelCalled => Refund.Stop,
        (MessageStatus.Failed, EndReasons.ModelQuota or EndReasons.ModelUnavailable or EndReasons.ModelConfig
            or EndReasons.ModelTimeout or EndReasons.ModelError or EndReasons.Empty or EndReasons.Interrupted) => Refund.Fault,
        _ => Refund.None,
    };
}

/// <summary>Whether a reply is given back to the day that counted it. A reply is given back at most once.</summary>
public enum Refund
{
    /// <summary>The reply counts.</summary>
    None = 0,

    /// <summary>A fault of the service or the model left no reply. It is always given back.</summary>
    Fault = 1,

    /// <summary>
    /// The user stopped the turn before the model was called. Such turns are given back at most as often a day as the
    /// day's limit is high.
    /// </summary>
    Stop = 2,
}
