using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>What to lock.</summary>
/// <param name="ConnectionString">For a session of its own.</param>
/// <param name="Display">The database's name for people.</param>
/// <param name="Shared">Whether others may hold the lock too, if theirs is shared as well.</param>
internal sealed record LockTarget(string ConnectionString, string Display, bool Shared);

/// <summary>
/// The lock on the use of a database, held by a session that does nothing else. When the session is lost, the lock is
/// taken again; when somebody else has it by then, this process ends.
/// </summary>
internal sealed partial class PostgresLock : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly LockTarget _target;
    private readonly StoreTimeouts _timings;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _application;
    private readonly ILogger _logger;
    private readonly Task _monitor;
    private LockSession _session;

    private PostgresLock(
        LockSession session,
        LockTarget target,
        StoreTimeouts timings,
        TimeProvider time,
        IHostApplicationLifetime application,
        ILogger logger)
    {
        (_session, _target, _timings, _time, _application, _logger) =
            (session, target, timings, time, application, logger);
        _monitor = Task.Run(() => MonitorSession(_stopping.Token));
    }

    /// <summary>Null when another process holds it.</summary>
    public static async Task<PostgresLock?> TryAcquire(
        LockTarget target,
        StoreTimeouts timings,
        TimeProvider time,
        IHostApplicationLifetime application,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        var session = await LockSession.TryOpen(target, time, cancellationToken);
        return session is null ? null : new PostgresLock(session, target, timings, time, application, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _monitor.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _session.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task MonitorSession(CancellationToken ending)
    {
        while (true)
        {
            await Task.Delay(_timings.LockCheckInterval, _time, ending);
            if (await _session.IsAlive(ending))
            {
                continue;
            }

            Log.Lost(_logger, _target.Display);
            await _session.DisposeAsync();
            if (!await Reacquire(ending))
            {
                Log.TakenByAnother(_logger, _target.Display);
                _application.StopApplication();
                return;
            }

            Log.TakenAgain(_logger, _target.Display);
        }
    }

    // As long as the database is away nobody else can take the lock, so only the time while it answers counts.
    private async Task<bool> Reacquire(CancellationToken ending)
    {
        var refusedFor = TimeSpan.Zero;
        while (true)
        {
            try
            {
                if (await LockSession.TryOpen(_target, _time, ending, _session) is { } session)
                {
                    _session = session;
                    return true;
                }

                if (refusedFor >= _timings.Lock)
                {
                    return false;
                }

                refusedFor += _timings.LockRetryDelay;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                Log.Away(_logger, e);
            }

            await Task.Delay(_timings.LockRetryDelay, _time, ending);
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
