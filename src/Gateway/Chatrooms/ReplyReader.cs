using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// Carries a reply from its room to a client. It asks for more only when the client has taken what came before, so
/// nothing piles up here for a slow one; and a client who leaves only ends the asking, never the reply. A reader whose
/// session ends is shown out with the problem details of a 401.
/// </summary>
internal sealed partial class ReplyReader(
    SessionCheck sessions, Departure departure, TimeProvider time, ILogger<ReplyReader> logger)
{
    /// <summary>
    /// Silence after which a sign of life is due. It is noticed at the next look at the session, two seconds later at
    /// most, well below the 15 s that proxies are promised.
    /// </summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(7);

    public async Task CopyAsync(
        SignedIn reader, IChatroomGrain room, long replyId, ReplyCursor from, IReplyStream stream, CancellationToken aborted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted, departure.Begun);
        try
        {
            // Not cut short by our leaving: a client that comes in just then is to be told to reconnect.
            await stream.OpenAsync(aborted);
            await CopyTextAsync(reader, room, replyId, from, stream, end.Token);
        }
        catch (Exception exception) when (!aborted.IsCancellationRequested && (end.IsCancellationRequested || Outage.Is(exception)))
        {
            Log.Left(logger, exception.GetType().Name);
            await stream.LeaveAsync();
        }
    }

    private async Task CopyTextAsync(
        SignedIn reader, IChatroomGrain room, long replyId, ReplyCursor from, IReplyStream stream, CancellationToken end)
    {
        var heard = time.GetTimestamp();
        while (true)
        {
            var reading = Once.More(
                (room, replyId, from, end), static call => call.room.Follow(call.replyId, call.from, call.end));
            while (!await IsDone(reading, end) && await sessions.IsLiveAsync(reader))
            {
                heard = await PingIfQuiet(stream, heard, end);
            }

            if (!await sessions.IsLiveAsync(reader))
            {
                await stream.EndAsync(Problems.Unauthorized, end);
                return;
            }

            if (await reading is not { } progress)
            {
                await stream.EndAsync(RoomAddress.Absent, end);
                return;
            }

            from = progress.Next;
            if (progress is { Text: "", Reset: false, End: null })
            {
                heard = await PingIfQuiet(stream, heard, end);
            }
            else if (await stream.WriteAsync(progress, end) && progress.End is null)
            {
                heard = time.GetTimestamp();
            }
            else
            {
                return;
            }
        }
    }

    private async ValueTask<long> PingIfQuiet(IReplyStream stream, long heard, CancellationToken end)
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
        [LoggerMessage(LogLevel.Debug, "A reply's stream ends early: {Cause}")]
        public static partial void Left(ILogger logger, string cause);
    }
}
