using GeminiChat.Gateway.Auth;

namespace GeminiChat.Gateway.Streams;

/// <summary>
/// Carries updates from a grain to a client. It asks for more only when the client has taken what came before, so nothing
/// piles up here for a slow one; and a client who leaves only ends the asking. A reader whose session ends is shown out
/// with the problem details of a 401; one whose access token expires is to attach again with a fresh one.
/// </summary>
internal sealed partial class StreamPump(
    SessionValidator sessions, GatewayShutdown departure, TimeProvider time, ILogger<StreamPump> logger)
{
    /// <summary>
    /// Silence after which a sign of life is due. It is noticed after the next look at the session, three seconds later at
    /// most, well below the 15 s that proxies are promised.
    /// </summary>
    internal static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(7);

    public async Task CopyAsync<T>(UserPrincipal reader, IStreamSource<T> source, IStreamSink<T> sink, CancellationToken aborted)
        where T : class
    {
        using var live = StreamMetrics.Begin(source.Kind);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted, departure.Stopping);
        try
        {
            // Not cut short by our leaving: a client that comes in just then is to be told to reconnect.
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
        var heard = time.GetTimestamp();
        while (true)
        {
            var reading = source.ReadAsync(end);
            for (var isDone = false; !isDone;)
            {
                isDone = await IsDone(reading, end);
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

                heard = isDone ? heard : await PingIfQuiet(sink, heard, end);
            }

            if (await reading is not { } update)
            {
                await sink.FailAsync(source.Absent, end);
                return;
            }

            if (!source.Advance(update))
            {
                heard = await PingIfQuiet(sink, heard, end);
            }
            else if (await sink.WriteAsync(update, end))
            {
                heard = time.GetTimestamp();
            }
            else
            {
                return;
            }
        }
    }

    private async ValueTask<long> PingIfQuiet<T>(IStreamSink<T> sink, long heard, CancellationToken end)
    {
        if (time.GetElapsedTime(heard) < PingAfter)
        {
            return heard;
        }

        await sink.PingAsync(end);
        return time.GetTimestamp();
    }

    /// <summary>
    /// Waits for a call, but not longer than the reader's session may go unlooked at, and not for one that ignores our
    /// leaving.
    /// </summary>
    private async ValueTask<bool> IsDone(Task reading, CancellationToken end)
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

/// <summary>Answers with a stream.</summary>
internal sealed class StreamResult<T>(Caller caller, IStreamSource<T> source, IStreamSink<T> sink) : IResult
    where T : class
{
    public Task ExecuteAsync(HttpContext httpContext) => httpContext.RequestServices.GetRequiredService<StreamPump>()
        .CopyAsync(caller.Principal, source, sink, httpContext.RequestAborted);
}
