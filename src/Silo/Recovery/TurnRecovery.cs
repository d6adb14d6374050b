using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Settings;

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
    ILogger<TurnRecovery> logger) : BackgroundService
{
    private const int PageSize = 500;
    private const int AtOnce = 32;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // A room at work touches its open reply at each checkpoint, far more often than this.
    private static readonly TimeSpan Untouched = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Nobody else can be at work when this is the only process: every open reply is to be taken up, also one that
        // was touched by a clock ahead of this one.
        await TryPass(() => cluster.IsClustered ? LongUntouched() : DateTimeOffset.MaxValue, int.MaxValue, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var jitter = 0.8 + (Random.Shared.NextDouble() * 0.4);
            await Task.Delay(Interval * jitter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryPass(LongUntouched, maxPages: 1, stoppingToken);
        }
    }

    private DateTimeOffset LongUntouched() => time.GetUtcNow() - Untouched;

    private async Task TryPass(Func<DateTimeOffset> untouchedSince, int maxPages, CancellationToken cancellationToken)
    {
        try
        {
            await Pass(untouchedSince(), maxPages, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            Log.PassFailed(logger, failure);
        }
        catch (OperationCanceledException)
        {
            // Leaving.
        }
    }

    private async Task Pass(DateTimeOffset untouchedSince, int maxPages, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        var after = Guid.Empty;
        for (var page = 0; page < maxPages; page++)
        {
            var owing = await rooms.RoomsWithOpenTurns(untouchedSince, after, PageSize);
            await Parallel.ForEachAsync(owing, options, async (room, _) => await TryWake(room));
            if (owing.Length > 0)
            {
                Log.Woke(logger, owing.Length);
            }

            if (owing.Length < PageSize)
            {
                return;
            }

            after = owing[^1].RoomId;
        }
    }

    private async Task TryWake(RoomKey room)
    {
        try
        {
            await grains.Chatroom(room).Wake();
        }
        catch (Exception failure)
        {
            // The next pass tries again.
            Log.NotWoken(logger, failure, room.RoomId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Took up {Rooms} rooms with replies still owed")]
        public static partial void Woke(ILogger logger, int rooms);

        [LoggerMessage(LogLevel.Warning, "Room {RoomId} could not be woken")]
        public static partial void NotWoken(ILogger logger, Exception exception, Guid roomId);

        [LoggerMessage(LogLevel.Warning, "Rooms with replies still owed could not be looked for; trying again later")]
        public static partial void PassFailed(ILogger logger, Exception exception);
    }
}
