using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Streams;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Hands out a reply that has begun, in the form that is asked for.</summary>
internal static class ReplyAnswers
{
    /// <summary>Answers a request that asked for a reply.</summary>
    /// <param name="turn">The turn that was accepted, now or when the same key came before.</param>
    /// <param name="begun">The reply that the client has read some of, if the request is a repeat: see <see cref="StreamRepeats"/>.</param>
    /// <param name="id">The room's id, as in the path.</param>
    /// <param name="room">The room.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="http">The request.</param>
    public static async Task<IResult> Accepted(
        PostOutcome.Accepted turn, RoomMessage? begun, string id, IChatroomGrain room, Caller caller, HttpContext http)
    {
        // The key has answered as it did before, and the client has read some of that.
        if (turn.Reply.Id == begun?.Id)
        {
            return await ReadOn(id, room, begun, caller, http);
        }

        var path = RoomAddress.Path(id, turn.Reply.Id);
        var start = new ReplyCursor(turn.Reply.Attempt, 0);
        http.Response.Headers.Location = path;
        return AnswerForms.Of(http.Request.Headers.Accept) switch
        {
            AnswerForm.Events => new ReplyStreamResult(caller, new EventStream(http, path, turn), room, turn.Reply.Id, start),
            AnswerForm.PlainText => new ReplyStreamResult(caller, new TextStream(http), room, turn.Reply.Id, start),
            _ => TypedResults.Accepted(path, AcceptedResponse.Of(turn)),
        };
    }

    /// <summary>Goes on with a reply for a request that asked for it before.</summary>
    public static Task<IResult> ReadOn(string id, IChatroomGrain room, RoomMessage begun, Caller caller, HttpContext http)
    {
        http.Response.Headers.Location = RoomAddress.Path(id, begun.Id);
        return Attach(id, room, begun, caller, http);
    }

    /// <summary>Follows a reply, from the last event that was read.</summary>
    public static async Task<IResult> Attach(string id, IChatroomGrain room, RoomMessage reply, Caller caller, HttpContext http)
    {
        if (reply.Sender is Sender.User)
        {
            return RoomAddress.Absent;
        }

        var path = RoomAddress.Path(id, reply.Id);
        var seen = LastEvent.Of(http.Request);
        if (seen is not null && !reply.Status.IsOpen() && seen == EventStream.EndId(reply))
        {
            return TypedResults.NoContent();
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.BeginStream(AnswerForms.EventStream);
            return Results.Empty;
        }

        if (ReplyCursor.TryParse(seen, out var cursor))
        {
            return new ReplyStreamResult(caller, new EventStream(http, path, null), room, reply.Id, cursor);
        }

        return await Turns.Find(room, reply, http.RequestAborted) is { } turn
            ? new ReplyStreamResult(caller, new EventStream(http, path, turn), room, reply.Id, new ReplyCursor(reply.Attempt, 0))
            : RoomAddress.Absent;
    }
}
