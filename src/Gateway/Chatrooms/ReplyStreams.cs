using GeminiChat.Gateway.Rendering;
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
/// A reply as server-sent events: <c>accepted</c>, then <c>thought</c>, <c>token</c> and <c>reset</c>, then <c>done</c> or <c>failed</c>;
/// <c>reconnect</c> when the server shuts down or the access token expires. Each id is the cursor after its event. On the routes that
/// have other formats too, a failure is an <c>error</c>, as it always was. But <c>EventSource</c> and its relatives give that name to
/// a broken connection.
/// </summary>
/// <param name="http">The request.</param>
/// <param name="path">The path of the reply.</param>
/// <param name="turn">
/// The data of <c>accepted</c>; null for a client that resumes, because the id of that event would move its cursor back.
/// </param>
internal sealed class ReplyEventStream(HttpContext http, string path, PostOutcome.Accepted? turn)
    : EventStreamSink<ReplyProgress>(http, path)
{
    private readonly bool _isOnlyFormat = ReplyFormats.IsEventStreamOnly(http);

    /// <summary>The id of the last event of a finished reply. After it there is nothing to resume.</summary>
    public static string EndId(RoomMessage reply) => $"{reply.GetEnd()}-end";

    protected override void WriteStart()
    {
        if (turn is not null)
        {
            Events.WriteEvent("accepted", new ReplyCursor(turn.Reply.Attempt, 0).ToString(), AcceptedResponse.Of(turn));
        }
    }

    protected override void WriteFailure(ProblemBody problem, string? id)
    {
        if (_isOnlyFormat)
        {
            Events.WriteEvent("failed", id, new FailedEvent(problem));
        }
        else
        {
            Events.WriteError(problem, id);
        }
    }

    protected override bool Write(ReplyProgress update) => Write(update, [], contentHtml: null);

    /// <summary>Writes an update with changes of the HTML, which come before the end.</summary>
    public async ValueTask<bool> WriteAsync(HtmlProgress update, CancellationToken cancellationToken)
    {
        var goesOn = Write(update.Text, update.Changes, update.ContentHtml);
        await FlushAsync(cancellationToken);
        return goesOn;
    }

    private bool Write(ReplyProgress update, IReadOnlyList<HtmlChange> changes, string? contentHtml)
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

        foreach (var change in changes)
        {
            Events.WriteHtml(change);
        }

        if (end is not null)
        {
            WriteEnd(end, contentHtml);
        }

        return end is null;
    }

    private void WriteEnd(RoomMessage end, string? contentHtml)
    {
        if (end.Status is MessageStatus.Failed)
        {
            WriteFailure(MessageError.ToProblem(end.Reason ?? EndReasons.ModelError).ToBody(Instance), EndId(end));
        }
        else
        {
            Events.WriteEvent("done", EndId(end), MessageResponse.Of(end) with { ContentHtml = contentHtml });
        }
    }
}

/// <summary>The data of the event that ends the stream of a reply that failed, or of one that is gone.</summary>
/// <param name="Problem">What is wrong.</param>
internal sealed record FailedEvent(ProblemBody Problem);
