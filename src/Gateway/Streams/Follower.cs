using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Streams;

/// <summary>
/// Carries news from a grain to a client. It asks for more only when the client has taken what came before, so nothing
/// piles up here for a slow one; and a client who leaves only ends the asking. A reader whose session ends is shown out
/// with the problem details of a 401; one whose access token expires is to attach again with a fresh one.
/// </summary>
internal sealed partial class Follower(
    SessionCheck sessions, Departure departure, TimeProvider time, ILogger<Follower> logger)
{
    /// <summary>
    /// Silence after which a sign of life is due. It is noticed after the next look at the session, three seconds later at
    /// most, well below the 15 s that proxies are promised.
    /// </summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(7);

    public async Task CopyAsync<TNews>(SignedIn reader, IFeed<TNews> feed, ILiveStream<TNews> stream, CancellationToken aborted)
        where TNews : class
    {
        using var live = StreamInstruments.Begin(feed.Kind);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted, departure.Begun);
        try
        {
            // Not cut short by our leaving: a client that comes in just then is to be told to reconnect.
            await stream.OpenAsync(aborted);
            await CopyNewsAsync(reader, feed, stream, end.Token);
        }
        catch (Exception exception) when (!aborted.IsCancellationRequested && (end.IsCancellationRequested || Outage.Is(exception)))
        {
            Log.Left(logger, exception.GetType().Name);
            await stream.LeaveAsync();
        }
    }

    private async Task CopyNewsAsync<TNews>(SignedIn reader, IFeed<TNews> feed, ILiveStream<TNews> stream, CancellationToken end)
        where TNews : class
    {
        var session = new SessionWatch(sessions, reader, time);
        var heard = time.GetTimestamp();
        while (true)
        {
            var reading = feed.ReadAsync(end);
            for (var isDone = false; !isDone;)
            {
                isDone = await IsDone(reading, end);
                if (!await session.GoesOnAsync(end))
                {
                    await stream.EndAsync(Problems.Unauthorized, end);
                    return;
                }

                if (session.IsTokenExpired)
                {
                    await stream.LeaveAsync();
                    return;
                }

                heard = isDone ? heard : await PingIfQuiet(stream, heard, end);
            }

            if (await reading is not { } news)
            {
                await stream.EndAsync(feed.Absent, end);
                return;
            }

            if (!feed.Advance(news))
            {
                heard = await PingIfQuiet(stream, heard, end);
            }
            else if (await stream.WriteAsync(news, end))
            {
                heard = time.GetTimestamp();
            }
            else
            {
                return;
            }
        }
    }

    private async ValueTask<long> PingIfQuiet<TNews>(ILiveStream<TNews> stream, long heard, CancellationToken end)
    {
        if (time.GetElapsedTime(heard) < Quiet)
        {
            return heard;
        }

        await stream.PingAsync(end);
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
            await reading.WaitAsync(SessionCheck.Trust, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        public static partial void Left(ILogger logger, string cause);
    }
}
