using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// A reply as server-sent events: <c>accepted</c>, then <c>token</c> and <c>reset</c>, then <c>done</c> or
/// <c>error</c>; <c>reconnect</c> when the server leaves or the token expires. Each id is the cursor after its event.
/// </summary>
/// <param name="http">The request.</param>
/// <param name="path">The reply's path.</param>
/// <param name="turn">
/// What to send as <c>accepted</c>; null for a client that reads on, whose cursor that event's id would move back.
/// </param>
internal sealed class EventStream(HttpContext http, string path, PostOutcome.Accepted? turn) : ILiveStream<ReplyProgress>
{
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromMilliseconds(500);

    private readonly EventWriter _events = new(http.Response.BodyWriter);

    /// <summary>The id of a finished reply's last event. Only this one needs no reconnect.</summary>
    public static string EndId(RoomMessage reply) => $"{reply.Attempt}-{reply.Content.Length}-end";

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        http.Response.BeginStream(AnswerForms.EventStream);
        if (turn is null)
        {
            _events.Comment("reading on"u8);
        }
        else
        {
            _events.Accepted(new ReplyCursor(turn.Reply.Attempt, 0), AcceptedResponse.Of(turn));
        }

        await http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    public async ValueTask<bool> WriteAsync(ReplyProgress progress, CancellationToken cancellationToken)
    {
        var (next, reset, text, end) = progress;
        if (reset)
        {
            _events.Reset(next.Attempt);
        }

        if (text.Length > 0)
        {
            _events.Token(next, text);
        }

        if (end is not null)
        {
            WriteEnd(end);
        }

        await http.Response.BodyWriter.FlushAsync(cancellationToken);
        return end is null;
    }

    public async ValueTask PingAsync(CancellationToken cancellationToken)
    {
        _events.Comment("ping"u8);
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    public async ValueTask LeaveAsync()
    {
        using var deadline = new CancellationTokenSource(LeaveWithin);
        _events.Reconnect();
        await http.Response.BodyWriter.FlushAsync(deadline.Token);
    }

    public async ValueTask EndAsync(Problem problem, CancellationToken cancellationToken)
    {
        _events.Error(problem.Body(path), null);
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    private void WriteEnd(RoomMessage end)
    {
        if (end.Status is MessageStatus.Failed)
        {
            _events.Error(MessageError.Problem(end.Reason ?? EndReasons.ModelError, path), EndId(end));
        }
        else
        {
            _events.Event("done", EndId(end), MessageResponse.Of(end), Json.Context.MessageResponse);
        }
    }
}
