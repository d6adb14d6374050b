using GeminiChat.GrainInterfaces;

namespace GeminiChat.Gateway.Web;

/// <summary>Tells a part of the system being away from a bug.</summary>
internal static class Outage
{
    /// <summary>
    /// Whether the store, a silo or the way to it was away, or another activation took a grain over: the request may be
    /// tried again. <see cref="OrleansException"/> covers rejections, lost silos, overload and inconsistent state.
    /// </summary>
    public static bool Is(Exception exception) =>
        exception is StoreUnavailableException or StoreOutcomeUnknownException or OrleansException or TimeoutException;

    /// <summary>
    /// Whether the cluster may mend this by itself, as it does the loss of a silo: within seconds. Not what says that it
    /// is a store that is away, or too much to do; where nothing is said at all, it may be either.
    /// </summary>
    public static bool MayHeal(Exception exception) =>
        exception is TimeoutException or (OrleansException and not (GatewayTooBusyException or LimitExceededException));
}
