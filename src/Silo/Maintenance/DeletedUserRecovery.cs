using GeminiChat.Grains.Users;

namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Wakes the deleted users that are not completely erased, so that a confirmed deletion is completed even if the process ends.
/// Removes the former usage of earlier days.
/// </summary>
internal sealed class DeletedUserRecovery(IGrainFactory grains, IUserStore users, TimeProvider time, ILogger<DeletedUserRecovery> logger)
    : MaintenanceService(time, logger)
{
    private const int PageSize = 500;

    private Guid _after;

    protected override async Task RunPass(CancellationToken cancellationToken)
    {
        await RunStep(() => WakeDeleted(cancellationToken), cancellationToken);
        await RunStep(() => users.RemoveFormerUsage(DateOnly.FromDateTime(Time.GetUtcNow().UtcDateTime)), cancellationToken);
    }

    // One page, and the next page at the next pass, so that users that cannot be erased do not delay others.
    private async Task WakeDeleted(CancellationToken cancellationToken)
    {
        var deleted = await users.ListDeletedUsers(_after, PageSize);
        _after = deleted.Length < PageSize ? Guid.Empty : deleted[^1];
        await RunStepForEach(deleted, user => grains.User(user).Wake(), cancellationToken);
    }
}
