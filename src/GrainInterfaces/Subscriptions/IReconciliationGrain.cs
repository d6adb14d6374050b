namespace GeminiChat.GrainInterfaces.Subscriptions;

/// <summary>
/// Asks the payment provider for the events that it could not deliver, and takes them in as if they had come. Key: 0,
/// there is one for the whole cluster.
/// </summary>
[Alias("geminichat.IReconciliationGrain")]
public interface IReconciliationGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Starts a pass if one is due: at the first poke after a start, and an hour after the last one. Does not wait for it.
    /// </summary>
    [Alias("Poke")]
    Task StartIfDue();
}
