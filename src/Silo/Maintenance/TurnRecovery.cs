using GeminiChat.Grains.Chatrooms;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Wakes the rooms with pending turns that do not run, so that accepted turns are finished after the end of a process without a
/// request from a client.
/// </summary>
internal sealed partial class TurnRecovery(
    IGrainFactory grains,
    IRoomStore rooms,
    ClusterSettings cluster,
    TimeProvider time,
    ILogger<TurnRecovery> logger) : MaintenanceService(time, logger)
{
    private const int PageSize = 500;

    // A running turn touches its reply at each checkpoint, far more often than this.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(30);

    private bool _hasRun;

    /// <summary>Wakes all rooms whose pending replies have been untouched for this long.</summary>
    public Task Recover(TimeSpan untouched, CancellationToken cancellationToken) =>
        RunStep(() => WakeRooms(Time.GetUtcNow() - untouched, int.MaxValue, cancellationToken), cancellationToken);

    protected override Task RunPass(CancellationToken cancellationToken) =>
        RunStep(() => WakeRooms(cancellationToken), cancellationToken);

    private async Task WakeRooms(CancellationToken cancellationToken)
    {
        // A single process has no other silos on which turns could run. So at its start it wakes the rooms of all pending
        // replies, also of those that were touched while the clock was ahead.
        var ofAnyAge = !_hasRun && !cluster.IsClustered;
        await WakeRooms(
            ofAnyAge ? DateTimeOffset.MaxValue : Time.GetUtcNow() - StaleAfter,
            maxPages: _hasRun ? 1 : int.MaxValue,
            cancellationToken);
        _hasRun = true;
    }

    private async Task WakeRooms(DateTimeOffset untouchedSince, int maxPages, CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        for (var page = 0; page < maxPages; page++)
        {
            var pending = await rooms.ListRoomsWithPendingTurns(untouchedSince, after, PageSize);
            await RunStepForEach(pending, room => grains.Chatroom(room).Wake(), cancellationToken);
            if (pending.Length > 0)
            {
                Log.Woke(Logger, pending.Length);
            }

            if (pending.Length < PageSize)
            {
                return;
            }

            after = pending[^1].RoomId;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Woke {Rooms} rooms with pending turns")]
        public static partial void Woke(ILogger logger, int rooms);
    }
}
