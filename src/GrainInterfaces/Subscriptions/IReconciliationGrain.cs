namespace GeminiChat.GrainInterfaces.Subscriptions;

/// <summary>
/// Reads from the payment provider the events that it could not deliver, and processes them like delivered ones. Key: 0.
/// There is one for the whole cluster.
/// </summary>
[Alias("geminichat.IReconciliationGrain")]
public interface IReconciliationGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Starts a pass if one is due: at the first call after a start, and an hour after the last pass. Does not wait for
    /// the pass.
    /// </summary>
    [Alias("Poke")]
    Task StartIfDue();
}
