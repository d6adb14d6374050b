using GeminiChat.Silo.Store.Search;

namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Adds the messages of rooms from before the search to the index. For a day after the migration it also looks for messages
/// that silos of the previous version have accepted since.
/// </summary>
internal sealed partial class MessageIndexing(UnindexedRooms rooms, TimeProvider time, ILogger<MessageIndexing> logger)
    : MaintenanceService(time, logger)
{
    private const int PageSize = 100;

    private static readonly TimeSpan RollingRestart = TimeSpan.FromDays(1);
    private static readonly TimeSpan MarkInterval = TimeSpan.FromHours(1);

    private DateTimeOffset _markAt;

    protected override async Task RunPass(CancellationToken cancellationToken)
    {
        await RunStep(MarkActiveRooms, cancellationToken);
        await RunStep(() => IndexRooms(cancellationToken), cancellationToken);
    }

    private async Task MarkActiveRooms()
    {
        var now = Time.GetUtcNow();
        if (now >= _markAt)
        {
            await rooms.MarkActiveRooms(now - RollingRestart);
            _markAt = now + MarkInterval;
        }
    }

    // One room after the other, because other writes are more important. In random order, because other silos do the same.
    private async Task IndexRooms(CancellationToken cancellationToken)
    {
        var (after, count) = (Guid.Empty, 0);
        while (await rooms.List(after, PageSize) is { IsEmpty: false } page)
        {
            foreach (var room in page.OrderBy(_ => Random.Shared.Next()))
            {
                await RunStep(() => rooms.Index(room, cancellationToken), cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            (after, count) = (page[^1].RoomId, count + page.Length);
        }

        if (count > 0)
        {
            Log.Indexed(Logger, count);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The messages of {Rooms} rooms have been added to the search")]
        public static partial void Indexed(ILogger logger, int rooms);
    }
}
