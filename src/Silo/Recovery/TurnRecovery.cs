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
    private static readonly TimeSpan Untouched = TimeSpan.FromSeconds(30);

    private bool _hasPassed;

    /// <summary>Wakes all rooms whose owed replies have been untouched for this long.</summary>
    public Task TakeUp(TimeSpan untouched, CancellationToken cancellationToken) =>
        Try(() => Wake(Time.GetUtcNow() - untouched, int.MaxValue, cancellationToken), cancellationToken);

    protected override Task Pass(CancellationToken cancellationToken) =>
        Try(() => Wake(cancellationToken), cancellationToken);

    private async Task Wake(CancellationToken cancellationToken)
    {
        // Nobody else can be at work when this is the only process: at the start every open reply is to be taken up, also
        // one that was touched by a clock ahead of this one.
        var ofAnyAge = !_hasPassed && !cluster.IsClustered;
        await Wake(
            ofAnyAge ? DateTimeOffset.MaxValue : Time.GetUtcNow() - Untouched,
            maxPages: _hasPassed ? 1 : int.MaxValue,
            cancellationToken);
        _hasPassed = true;
    }

    private async Task Wake(DateTimeOffset untouchedSince, int maxPages, CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        for (var page = 0; page < maxPages; page++)
        {
            var owing = await rooms.RoomsWithOpenTurns(untouchedSince, after, PageSize);
            await TryEach(owing, room => grains.Chatroom(room).Wake(), cancellationToken);
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
