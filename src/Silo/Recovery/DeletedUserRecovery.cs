using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Wakes the deleted users of whom something is left: a deletion that was answered comes to its end whatever becomes of
/// the process. Removes what was kept of the days before.
/// </summary>
internal sealed class DeletedUserRecovery(IGrainFactory grains, IUserStore users, TimeProvider time, ILogger<DeletedUserRecovery> logger)
    : PeriodicRecovery(time, logger)
{
    private const int PageSize = 500;

    private Guid _after;

    protected override async Task RunPass(CancellationToken cancellationToken)
    {
        await RunStep(() => WakeDeleted(cancellationToken), cancellationToken);
        await RunStep(() => users.RemoveFormerUsage(DateOnly.FromDateTime(Time.GetUtcNow().UtcDateTime)), cancellationToken);
    }

    /// <summary>One page, and the next one at the next pass: those who cannot be erased must not keep others waiting.</summary>
    private async Task WakeDeleted(CancellationToken cancellationToken)
    {
        var deleted = await users.ListDeletedUsers(_after, PageSize);
        _after = deleted.Length < PageSize ? Guid.Empty : deleted[^1];
        await RunStepForEach(deleted, user => grains.User(user).Wake(), cancellationToken);
    }
}
