using GeminiChat.Grains.Chatrooms;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Wakes the rooms whose owed replies nobody is working at: accepted work survives the end of a process without any
/// client's help.
/// </summary>
internal sealed partial class TurnRecovery(
    IGrainFactory grains,
    IRoomStore rooms,
    ClusterSettings cluster,
    TimeProvider time,
    ILogger<TurnRecovery> logger) : PeriodicRecovery(time, logger)
{
    private const int PageSize = 500;

    // A room at work touches its open reply at each checkpoint, far more often than this.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(30);

    private bool _hasRun;

    /// <summary>Wakes all rooms whose owed replies have been untouched for this long.</summary>
    public Task Recover(TimeSpan untouched, CancellationToken cancellationToken) =>
        RunStep(() => WakeRooms(Time.GetUtcNow() - untouched, int.MaxValue, cancellationToken), cancellationToken);

    protected override Task RunPass(CancellationToken cancellationToken) =>
        RunStep(() => WakeRooms(cancellationToken), cancellationToken);

    private async Task WakeRooms(CancellationToken cancellationToken)
    {
        // Nobody else can be at work when this is the only process: at the start every open reply is to be taken up, also
        // one that was touched by a clock ahead of this one.
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
            var owing = await rooms.ListRoomsWithPendingTurns(untouchedSince, after, PageSize);
            await RunStepForEach(owing, room => grains.Chatroom(room).Wake(), cancellationToken);
            if (owing.Length > 0)
            {
                Log.Woke(Logger, owing.Length);
            }

            if (owing.Length < PageSize)
            {
                return;
            }

            after = owing[^1].RoomId;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Took up {Rooms} rooms with replies still owed")]
        public static partial void Woke(ILogger logger, int rooms);
    }
}
