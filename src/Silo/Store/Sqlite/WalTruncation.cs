using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>
/// Empties the write-ahead logs after text was deleted, which they would otherwise hold until they are overwritten.
/// Requests of a moment share one checkpoint. A reader that is at work on an older state keeps a log from being emptied;
/// it is tried again until it succeeds.
/// </summary>
/// <remarks>https://www.sqlite.org/pragma.html#pragma_wal_checkpoint, TRUNCATE.</remarks>
internal sealed partial class WalTruncation : IAsyncDisposable
{
    private const string Checkpoint = "pragma wal_checkpoint(truncate)";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // Writers wait meanwhile, and they wait for a lock no longer than StoreTimings.Busy.
    private static readonly TimeSpan WaitForReaders = TimeSpan.FromMilliseconds(500);

    private readonly Channel<bool> _requests = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _ending = new();
    private readonly ImmutableArray<string> _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;

    public WalTruncation(ImmutableArray<string> files, TimeProvider time, ILogger logger)
    {
        (_files, _time, _logger) = (files, time, logger);
        _loop = Task.Run(Loop);
    }

    /// <summary>Text was deleted, and that is committed: soon the logs do not hold it any more.</summary>
    public void Request() => _requests.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _ending.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task Loop()
    {
        while (await _requests.Reader.WaitToReadAsync(_ending.Token))
        {
            var pause = Pause;
            do
            {
                await Task.Delay(pause, _time, _ending.Token);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;

                // Whatever is requested from here on may be too late for this checkpoint, and has one of its own.
                _requests.Reader.TryRead(out _);
            }
            while (!_files.All(IsEmptied));
        }
    }

    private bool IsEmptied(string file)
    {
        try
        {
            using var connection = new SqliteConnection(SqliteConnections.ForWriting(file));
            connection.Open();
            SqliteConnections.Prepare(connection, WaitForReaders);
            using var command = connection.CreateCommand();
            command.CommandText = Checkpoint;

            // One row: whether somebody was in the way, then two counts of pages.
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
        [LoggerMessage(LogLevel.Warning, "The write-ahead log of {File} could not be emptied after a deletion; it is tried again")]
        public static partial void NotEmptied(ILogger logger, Exception exception, string file);
    }
}
