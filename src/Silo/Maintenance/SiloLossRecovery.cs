namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Looks for pending turns as soon as a silo is lost: turns may have run on it, and its part of the grain directory may have had
/// rooms of other silos. The start counts as a loss too, because all silos may have been lost before.
/// </summary>
/// <remarks>With a jitter, so that silos do not look at the same time: the first one wakes a room, and the others then find its
/// reply touched.</remarks>
internal sealed class SiloLossRecovery(TurnRecovery turns, IClusterMembershipService membership, TimeProvider time)
    : BackgroundService
{
    // Two checkpoints, and not longer than it takes to declare a silo dead. A room whose model is silent touches its reply less
    // often and is woken without need, which does no harm.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(4);

    // The last silo looks at the end of this time.
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

    // The second time for rooms whose replies were touched shortly before the silo was declared dead or had shut down.
    private async Task RecoverTwice(CancellationToken cancellationToken)
    {
        await Task.Delay(MaxJitter * Random.Shared.NextDouble(), time, cancellationToken);
        await turns.Recover(StaleAfter, cancellationToken);
        await Task.Delay(StaleAfter + MaxJitter, time, cancellationToken);
        await turns.Recover(StaleAfter, cancellationToken);
    }
}
