using System.Data.Common;
using Dapper;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>How the store is used.</summary>
/// <param name="Clustered">Whether other processes may use the database at the same time.</param>
internal sealed record StoreOptions(bool Clustered);

/// <summary>
/// Locks the database and migrates its schema before any other hosted service starts, and releases the lock when all of them
/// have stopped.
/// </summary>
internal sealed partial class StoreLifecycleService(
    Database database,
    GroupCommit writer,
    StoreOptions use,
    StoreTimeouts timeouts,
    TimeProvider time,
    ILogger<StoreLifecycleService> logger) : IHostedLifecycleService, IAsyncDisposable
{
    private const string CountUnfinishedRuns = "select count(*) from moves where done_at is null";

    private IAsyncDisposable? _lock;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (_lock is not null)
        {
            return;
        }

        _lock = await AcquireLock(cancellationToken);
        try
        {
            await database.Migrate(cancellationToken);
            await RefusePartialCopy();
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException or StoreUnavailableException)
        {
            throw new StartupException($"The database {database.Display} cannot be used: {e.Message}", e);
        }
    }

    public async Task StoppedAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        var held = Interlocked.Exchange(ref _lock, null);
        if (held is not null)
        {
            await held.DisposeAsync();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Users would not see the data that is still missing, and new data would prevent the rest of the copy.
    private async Task RefusePartialCopy()
    {
        if (await database.Read(connection => connection.ExecuteScalarAsync<long>(CountUnfinishedRuns)) > 0)
        {
            throw new StartupException(
                $"The database {database.Display} holds only a part of what was being moved into it: run the same 'migrate' again.");
        }
    }

    private async Task<IAsyncDisposable> AcquireLock(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var first = true; ; first = false)
        {
            var (held, reason) = await TryLock(cancellationToken);
            if (held is not null)
            {
                return held;
            }

            if (time.GetElapsedTime(start) >= timeouts.Lock)
            {
                throw reason;
            }

            if (first)
            {
                Log.Waiting(logger, reason.Message, timeouts.Lock.TotalSeconds);
            }

            await Task.Delay(timeouts.LockRetryDelay, time, cancellationToken);
        }
    }

    private async Task<(IAsyncDisposable? Held, StartupException Reason)> TryLock(CancellationToken cancellationToken)
    {
        try
        {
            var held = await database.TryLock(use.Clustered, cancellationToken);
            return (held, new StartupException(
                $"The database {database.Display} is in use by another process; only silos of a cluster share one."));
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException or UnauthorizedAccessException)
        {
            return (null, new StartupException($"The database {database.Display} cannot be used: {e.Message}", e));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} Waiting up to {Seconds} s")]
        public static partial void Waiting(ILogger logger, string reason, double seconds);
    }
}
