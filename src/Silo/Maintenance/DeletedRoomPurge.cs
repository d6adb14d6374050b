using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Removes the messages of deleted rooms, also of rooms that an earlier process deleted. Nothing reads them any more, so this is
/// not urgent.
/// </summary>
internal sealed partial class DeletedRoomPurge(DeletedRooms rooms, TimeProvider time, ILogger<DeletedRoomPurge> logger)
    : MaintenanceService(time, logger)
{
    private const int RoomsPerPass = 100;

    protected override Task RunPass(CancellationToken cancellationToken) =>
        RunStep(() => Purge(cancellationToken), cancellationToken);

    // One room after the other, because other writes are more important.
    private async Task Purge(CancellationToken cancellationToken)
    {
        foreach (var room in await rooms.Unpurged(RoomsPerPass))
        {
            await rooms.Purge(room, cancellationToken);
            Log.Purged(Logger, room.RoomId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The messages of deleted room {RoomId} have been removed")]
        public static partial void Purged(ILogger logger, Guid roomId);
    }
}
