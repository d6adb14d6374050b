using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>
/// The lock on the use of a database, held by a session that does nothing else. When the session is lost, the lock is
/// taken again. When another process has it by then, this process stops.
/// </summary>
internal sealed partial class PostgresLock(
    LockSession session,
    LockTarget target,
    StoreTimeouts timeouts,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private LockSession _session = session;
    private Task _monitor = Task.CompletedTask;

    public void StartMonitor() => _monitor = Task.Run(() => MonitorSession(_stopping.Token));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _monitor.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _session.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task MonitorSession(CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(timeouts.LockCheckInterval, time, stopping);
            if (await _session.IsAlive(stopping))
            {
                continue;
            }

            Log.Lost(logger, target.Display);
            await _session.DisposeAsync();
            if (!await Reacquire(stopping))
            {
                Log.TakenByAnother(logger, target.Display);
                application.StopApplication();
                return;
            }

            Log.TakenAgain(logger, target.Display);
        }
    }

    // While the database is away no other process can take the lock, so only the time during which it answers counts.
    private async Task<bool> Reacquire(CancellationToken stopping)
    {
        var refusedFor = TimeSpan.Zero;
        while (true)
        {
            var attempt = time.GetTimestamp();
            try
            {
                if (await LockSession.TryOpen(target, time, stopping, lost: _session) is { } next)
                {
                    _session = next;
                    return true;
                }

                if (refusedFor >= timeouts.Lock)
                {
                    return false;
                }

                refusedFor += time.GetElapsedTime(attempt) + timeouts.LockRetryDelay;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                Log.Away(logger, e);
            }

            await Task.Delay(timeouts.LockRetryDelay, time, stopping);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The session that holds the lock on the database {Database} was lost")]
        public static partial void Lost(ILogger logger, string database);

        [LoggerMessage(Level = LogLevel.Information, Message = "The lock on the database {Database} is held again")]
        public static partial void TakenAgain(ILogger logger, string database);

        [LoggerMessage(Level = LogLevel.Critical, Message = "Another process uses the database {Database} now; this one ends")]
        public static partial void TakenByAnother(ILogger logger, string database);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The database does not answer")]
        public static partial void Away(ILogger logger, Exception reason);
    }
}
