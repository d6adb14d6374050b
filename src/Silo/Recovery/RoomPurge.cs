using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Recovery;

/// <summary>
/// Removes what deleted rooms have left behind, from this process or one that has ended. Nothing reads it any more, so
/// there is no hurry.
/// </summary>
internal sealed partial class RoomPurge(DeletedRooms rooms, TimeProvider time, ILogger<RoomPurge> logger)
    : BackgroundService
{
    private const int RoomsAtOnce = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await TryPass(stoppingToken);
            var jitter = 0.8 + (Random.Shared.NextDouble() * 0.4);
            await Task.Delay(Interval * jitter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryPass(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var room in await rooms.Unpurged(RoomsAtOnce))
            {
                await rooms.Purge(room, cancellationToken);
                Log.Purged(logger, room.RoomId);
            }
        }
        catch (OperationCanceledException)
        {
            // Leaving; the next start goes on.
        }
        catch (Exception failure)
        {
            Log.PassFailed(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The messages of deleted room {RoomId} have been removed")]
        public static partial void Purged(ILogger logger, Guid roomId);

        [LoggerMessage(LogLevel.Warning, "Messages of deleted rooms could not be removed; trying again later")]
        public static partial void PassFailed(ILogger logger, Exception exception);
    }
}
