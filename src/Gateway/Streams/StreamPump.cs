using GeminiChat.Gateway.Auth;

namespace GeminiChat.Gateway.Streams;

/// <summary>
/// Copies updates from a grain to a client. It reads the next update only after the client has taken the last one, so a slow
/// client has no queue here. A client that disconnects only ends the reads. When the reader's session ends, the stream ends
/// with the problem details of a 401. When the access token expires, it ends with a request to reconnect with a new token.
/// </summary>
internal sealed partial class StreamPump(
    SessionValidator sessions, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<StreamPump> logger)
{
    /// <summary>
    /// The idle time after which a ping is sent. It is checked together with the session, so a ping comes at most three
    /// seconds later. That is well below the documented 15 s.
    /// </summary>
    internal static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(7);

    public async Task CopyAsync<T>(UserPrincipal reader, IStreamSource<T> source, IStreamSink<T> sink, CancellationToken aborted)
        where T : class
    {
        using var live = StreamMetrics.Begin(source.Kind);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        try
        {
            // Not canceled by the shutdown: a client that connects just then gets an event that tells it to reconnect.
            await sink.OpenAsync(aborted);
            await CopyUpdatesAsync(reader, source, sink, end.Token);
        }
        catch (Exception exception) when (!aborted.IsCancellationRequested && (end.IsCancellationRequested || TransientErrors.IsTransient(exception)))
        {
            Log.EndsEarly(logger, exception.GetType().Name);
            await sink.ReconnectAsync();
        }
    }

    private async Task CopyUpdatesAsync<T>(UserPrincipal reader, IStreamSource<T> source, IStreamSink<T> sink, CancellationToken end)
        where T : class
    {
        var session = new SessionMonitor(sessions, reader, time);
        var lastSentAt = time.GetTimestamp();
        while (true)
        {
            var reading = source.ReadAsync(end);
            for (var isDone = false; !isDone;)
            {
                isDone = await WaitForReadAsync(reading, end);
                if (!await session.IsLiveAsync(end))
                {
                    await sink.FailAsync(Problems.Unauthorized, end);
                    return;
                }

                if (session.IsTokenExpired)
                {
                    await sink.ReconnectAsync();
                    return;
                }

                lastSentAt = isDone ? lastSentAt : await PingIfIdle(sink, lastSentAt, end);
            }

            if (await reading is not { } update)
            {
                await sink.FailAsync(source.Absent, end);
                return;
            }

            if (!source.Advance(update))
            {
                lastSentAt = await PingIfIdle(sink, lastSentAt, end);
            }
            else if (await sink.WriteAsync(update, end))
            {
                lastSentAt = time.GetTimestamp();
            }
            else
            {
                return;
            }
        }
    }

    private async ValueTask<long> PingIfIdle<T>(IStreamSink<T> sink, long lastSentAt, CancellationToken end)
    {
        if (time.GetElapsedTime(lastSentAt) < PingAfter)
        {
            return lastSentAt;
        }

        await sink.PingAsync(end);
        return time.GetTimestamp();
    }

    /// <summary>
    /// Waits for a read, but not longer than a session check stays valid, and not for a read that ignores the shutdown.
    /// </summary>
    private async ValueTask<bool> WaitForReadAsync(Task reading, CancellationToken end)
    {
        if (!reading.IsCompleted)
        {
            await reading.WaitAsync(SessionValidator.CacheDuration, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!reading.IsCompleted)
            {
                end.ThrowIfCancellationRequested();
            }
        }

        return reading.IsCompleted;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "A stream ends early: {Cause}")]
        public static partial void EndsEarly(ILogger logger, string cause);
    }
}

internal sealed class StreamResult<T>(Caller caller, IStreamSource<T> source, IStreamSink<T> sink) : IResult
    where T : class
{
    public Task ExecuteAsync(HttpContext httpContext) => httpContext.RequestServices.GetRequiredService<StreamPump>()
        .CopyAsync(caller.Principal, source, sink, httpContext.RequestAborted);
}
