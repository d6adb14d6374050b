using System.Net.Mime;
using System.Text;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// Reads the text of a reply from a cursor: directly if this process hosts the silo and the reply is pending there, otherwise
/// from the grain.
/// </summary>
internal sealed class ReplySource(RoomPath room, long replyId, ReplyCursor from, HttpContext http) : IStreamSource<ReplyProgress>
{
    private readonly ILiveReplies? _liveReplies = http.RequestServices.GetService<ILiveReplies>();
    private ReplyCursor _from = from;
    private ILiveReply? _live;

    public string Kind => "reply";

    public Problem Absent => ChatroomProblems.Deleted;

    public async Task<ReplyProgress?> ReadAsync(CancellationToken cancellationToken)
    {
        _live ??= _liveReplies?.Find(room.Key, replyId);
        if (_live is not null && await _live.ReadAsync(_from, cancellationToken) is { } progress)
        {
            return progress;
        }

        _live = null;
        return await GrainCalls.RetryInStreamAsync(() => room.Grain.Follow(replyId, _from, cancellationToken), cancellationToken);
    }

    public bool Advance(ReplyProgress update)
    {
        _from = update.Next;
        return update is not { Text: "", Thought: "", IsReset: false, FinishedReply: null };
    }
}

/// <summary>
/// A reply as server-sent events: <c>accepted</c>, then <c>thought</c>, <c>token</c> and <c>reset</c>, then <c>done</c> or <c>error</c>;
/// <c>reconnect</c> when the server shuts down or the access token expires. Each id is the cursor after its event.
/// </summary>
/// <param name="http">The request.</param>
/// <param name="path">The path of the reply.</param>
/// <param name="turn">
/// The data of <c>accepted</c>; null for a client that resumes, because the id of that event would move its cursor back.
/// </param>
internal sealed class ReplyEventStream(HttpContext http, string path, PostOutcome.Accepted? turn)
    : EventStreamSink<ReplyProgress>(http, path)
{
    /// <summary>The id of the last event of a finished reply. After it there is nothing to resume.</summary>
    public static string EndId(RoomMessage reply) => $"{reply.GetEnd()}-end";

    protected override void WriteStart()
    {
        if (turn is null)
        {
            Events.WriteComment("reading on"u8);
        }
        else
        {
            Events.WriteAccepted(new ReplyCursor(turn.Reply.Attempt, 0), AcceptedResponse.Of(turn));
        }
    }

    protected override bool Write(ReplyProgress update)
    {
        var (next, reset, text, end, thought) = update;
        if (reset)
        {
            Events.WriteReset(next.Attempt);
        }

        if (thought.Length > 0)
        {
            Events.WriteText("thought", next, thought);
        }

        if (text.Length > 0)
        {
            Events.WriteText("token", next, text);
        }

        if (end is not null)
        {
            WriteEnd(end);
        }

        return end is null;
    }

    private void WriteEnd(RoomMessage end)
    {
        if (end.Status is MessageStatus.Failed)
        {
            Events.WriteError(MessageError.ToProblemBody(end.Reason ?? EndReasons.ModelError, Instance), EndId(end));
        }
        else
        {
            Events.WriteEvent("done", EndId(end), MessageResponse.Of(end));
        }
    }
}

/// <summary>
/// A reply as text only. An error can only be shown by closing the connection, so that a part of a reply never looks like a
/// whole one.
/// </summary>
internal sealed class ReplyTextStream(HttpContext http) : IStreamSink<ReplyProgress>
{
    private bool _begun;

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        http.Response.BeginStream($"{MediaTypeNames.Text.Plain}; charset=utf-8");
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    public async ValueTask<bool> WriteAsync(ReplyProgress progress, CancellationToken cancellationToken)
    {
        if (progress.IsReset && _begun)
        {
            http.Abort();
            return false;
        }

        if (progress.Text.Length > 0)
        {
            _begun = true;
            Encoding.UTF8.GetBytes(progress.Text, http.Response.BodyWriter);
            await http.Response.BodyWriter.FlushAsync(cancellationToken);
        }

        if (progress.FinishedReply is not null && !IsComplete(progress.FinishedReply))
        {
            http.Abort();
        }

        return progress.FinishedReply is null;
    }

    /// <summary>A ping would be part of the text.</summary>
    public ValueTask PingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask ReconnectAsync()
    {
        http.Abort();
        return ValueTask.CompletedTask;
    }

    public ValueTask FailAsync(Problem problem, CancellationToken cancellationToken) => ReconnectAsync();

    /// <summary>A reply that reached its length limit is complete here; a reply that broke off is not.</summary>
    private static bool IsComplete(RoomMessage end) => end.Status switch
    {
        MessageStatus.Failed => false,
        MessageStatus.Incomplete => end.Reason is EndReasons.Length,
        _ => true,
    };
}
