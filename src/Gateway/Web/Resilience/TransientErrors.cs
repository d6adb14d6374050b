namespace GeminiChat.Gateway.Web;

/// <summary>Tells an outage of a part of the system from a bug.</summary>
internal static class TransientErrors
{
    /// <summary>
    /// Whether the store, a silo or the way to it was away, or another activation took a grain over: the request may be
    /// tried again. <see cref="OrleansException"/> covers rejections, lost silos, overload and inconsistent state.
    /// </summary>
    public static bool IsTransient(Exception exception) =>
        exception is StoreUnavailableException or StoreOutcomeUnknownException or OrleansException or TimeoutException;

    /// <summary>
    /// Whether the cluster may mend this by itself within seconds, as it does after the loss of a silo. False for an outage
    /// that names the store or an overload as its cause. A call without an answer may be either.
    /// </summary>
    public static bool IsPossibleFailover(Exception exception) =>
        exception is TimeoutException or (OrleansException and not (GatewayTooBusyException or LimitExceededException));
}
