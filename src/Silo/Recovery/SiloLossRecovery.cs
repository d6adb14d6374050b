namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Looks for owed replies as soon as a silo is lost: its rooms were at work, and so may be others, whose places in the
/// grain directory it held. The start counts as a loss, since all silos may have been lost before.
/// </summary>
/// <remarks>Not all silos at once: what one has taken up is touched when the next one looks.</remarks>
internal sealed class SiloLossRecovery(TurnRecovery turns, IClusterMembershipService membership, TimeProvider time)
    : BackgroundService
{
    // Two checkpoints, and no longer than it takes to find a silo dead. A room whose model is silent touches its reply more
    // rarely and is woken in vain, which does nothing.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(4);

    // Until the last silo has looked.
    private static readonly TimeSpan MaxJitter = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ClusterMembershipSnapshot? known = null;
        await foreach (var now in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            var isAnyLost = known is null || now.CreateUpdate(known).Changes.Any(silo => silo.Status.IsTerminating());
            known = now;
            if (isAnyLost)
            {
                await RecoverTwice(stoppingToken);
            }
        }
    }

    /// <summary>The second time for rooms that were touched when the silo was found lost, or by it when it left.</summary>
    private async Task RecoverTwice(CancellationToken cancellationToken)
    {
        await Task.Delay(MaxJitter * Random.Shared.NextDouble(), time, cancellationToken);
        await turns.Recover(StaleAfter, cancellationToken);
        await Task.Delay(StaleAfter + MaxJitter, time, cancellationToken);
        await turns.Recover(StaleAfter, cancellationToken);
    }
}
