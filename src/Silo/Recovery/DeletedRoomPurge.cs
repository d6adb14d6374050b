using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Removes what deleted rooms have left behind, from this process or one that has ended. Nothing reads it any more, so
/// there is no hurry.
/// </summary>
internal sealed partial class DeletedRoomPurge(DeletedRooms rooms, TimeProvider time, ILogger<DeletedRoomPurge> logger)
    : PeriodicRecovery(time, logger)
{
    private const int RoomsPerPass = 100;

    protected override Task RunPass(CancellationToken cancellationToken) =>
        RunStep(() => Purge(cancellationToken), cancellationToken);

    /// <summary>One after the other, since other writes are worth more.</summary>
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
