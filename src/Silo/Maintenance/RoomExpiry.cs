using System.ComponentModel.DataAnnotations;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Deletes temporary rooms a day after their last use, and all rooms after the days of <see cref="RoomExpiryOptions"/> without
/// use. The room's grain deletes, and only if nobody has used the room meanwhile.
/// </summary>
internal sealed partial class RoomExpiry(
    IGrainFactory grains, UnusedRooms rooms, IOptions<RoomExpiryOptions> options, TimeProvider time, ILogger<RoomExpiry> logger)
    : MaintenanceService(time, logger)
{
    // All rooms are read page by page, one page in a pass: ten million rooms take 17 hours.
    private const int PageSize = 5_000;

    private static readonly TimeSpan TemporaryRoomLifetime = TimeSpan.FromHours(24);

    private RoomUse? _lastTemporary;
    private RoomUse? _last;

    // One page, and the next page at the next pass, so that rooms that cannot be deleted do not delay others.
    internal async Task DeleteTemporary(CancellationToken cancellationToken)
    {
        var since = Time.GetUtcNow() - TemporaryRoomLifetime;
        var page = await rooms.ListTemporary(since, _lastTemporary, PageSize);
        _lastTemporary = page.Length < PageSize ? null : page[^1];
        await DeleteUnused(page, since, cancellationToken);
    }

    internal async Task DeleteOld(CancellationToken cancellationToken)
    {
        if (options.Value.RetentionDays is > 0 and var days)
        {
            var since = Time.GetUtcNow() - TimeSpan.FromDays(days);
            var page = await rooms.ListAll(_last, PageSize);
            _last = page.Length < PageSize ? null : page[^1];
            await DeleteUnused(page, since, cancellationToken);
        }
    }

    protected override async Task RunPass(CancellationToken cancellationToken)
    {
        await RunStep(() => DeleteTemporary(cancellationToken), cancellationToken);
        await RunStep(() => DeleteOld(cancellationToken), cancellationToken);
    }

    private async Task DeleteUnused(IEnumerable<RoomUse> page, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var deleted = 0;
        await RunStepForEach(
            page.Where(room => room.UpdatedAt < since),
            async room =>
            {
                if (await grains.Chatroom(room.Room).DeleteIfUnusedSince(since))
                {
                    Interlocked.Increment(ref deleted);
                }
            },
            cancellationToken);
        if (deleted > 0)
        {
            Log.Deleted(Logger, deleted, since);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Deleted {Rooms} rooms that were not used since {Since}")]
        public static partial void Deleted(ILogger logger, int rooms, DateTimeOffset since);
    }
}

/// <summary>How long rooms are kept.</summary>
internal sealed class RoomExpiryOptions
{
    /// <summary>
    /// After how many days without use a room is deleted; 0 to keep rooms. Default 0, setting <c>CHAT_RETENTION_DAYS</c>.
    /// </summary>
    [ConfigurationKeyName("CHAT_RETENTION_DAYS")]
    [Range(0, 36_500, ErrorMessage = "CHAT_RETENTION_DAYS must be a whole number from 0 to 36500.")]
    public int RetentionDays { get; set; }
}
