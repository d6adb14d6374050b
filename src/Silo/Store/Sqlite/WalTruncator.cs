using System.Threading.Channels;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>
/// Empties the write-ahead logs after a deletion of text, which would otherwise stay in them until they are overwritten.
/// Requests at about the same time share one checkpoint. A log cannot be emptied while a reader uses an older state of the
/// database; it is retried until it succeeds.
/// </summary>
/// <remarks>https://www.sqlite.org/pragma.html#pragma_wal_checkpoint, TRUNCATE.</remarks>
internal sealed partial class WalTruncator : IAsyncDisposable
{
    private const string CheckpointSql = "pragma wal_checkpoint(truncate)";

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    // Writers wait during this time, and they wait for a lock no longer than StoreTimeouts.Busy.
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromMilliseconds(500);

    private readonly Channel<bool> _requests = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly ImmutableArray<string> _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;

    public WalTruncator(ImmutableArray<string> files, TimeProvider time, ILogger logger)
    {
        (_files, _time, _logger) = (files, time, logger);
        _loop = Task.Run(Loop);
    }

    /// <summary>Asks for the logs to be emptied soon. The deletion must be committed already.</summary>
    public void Request() => _requests.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task Loop()
    {
        while (await _requests.Reader.WaitToReadAsync(_stopping.Token))
        {
            var pause = FirstDelay;
            do
            {
                await Task.Delay(pause, _time, _stopping.Token);
                pause = pause * 2 < MaxDelay ? pause * 2 : MaxDelay;

                // A request from here on may be too late for this checkpoint, so it gets another one.
                _requests.Reader.TryRead(out _);
            }
            while (!_files.All(TryTruncate));
        }
    }

    private bool TryTruncate(string file)
    {
        try
        {
            using var connection = SqliteConnections.Open(SqliteConnections.ForWriting(file), BusyTimeout);
            using var command = connection.CreateCommand();
            command.CommandText = CheckpointSql;

            // The result has one row: 1 if a reader or writer prevented it, else 0, then two counts of pages.
            return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) == 0;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.NotEmptied(_logger, failure, file);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The write-ahead log of {File} could not be emptied after a deletion; it is retried")]
        public static partial void NotEmptied(ILogger logger, Exception exception, string file);
    }
}
