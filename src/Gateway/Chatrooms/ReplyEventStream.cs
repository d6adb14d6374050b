using GeminiChat.Gateway.Streams;

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
internal sealed class ReplyEventStream(HttpContext http, string path, PostOutcome.Accepted? turn)
    : EventStreamSink<ReplyProgress>(http, path)
{
    /// <summary>The id of a finished reply's last event. Only this one needs no reconnect.</summary>
    public static string EndId(RoomMessage reply) => $"{reply.Attempt}-{reply.Content.Length}-end";

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
        var (next, reset, text, end) = update;
        if (reset)
        {
            Events.WriteReset(next.Attempt);
        }

        if (text.Length > 0)
        {
            Events.WriteToken(next, text);
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
            Events.WriteEvent("done", EndId(end), MessageResponse.Of(end), Json.Context.MessageResponse);
        }
    }
}
