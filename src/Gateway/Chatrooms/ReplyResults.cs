using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Hands out a reply that has begun, in the form that is asked for.</summary>
internal static class ReplyResults
{
    /// <summary>Answers a request that asked for a reply.</summary>
    /// <param name="turn">The turn that was accepted, now or when the same key came before.</param>
    /// <param name="begun">The reply that the client has read some of, if the request is a repeat: see <see cref="StreamReconnects"/>.</param>
    /// <param name="room">The room.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="http">The request.</param>
    public static async Task<IResult> ForAcceptedTurn(
        PostOutcome.Accepted turn, RoomMessage? begun, RoomPath room, Caller caller, HttpContext http)
    {
        // The key has answered as it did before, and the client has read some of that.
        if (turn.Reply.Id == begun?.Id)
        {
            return await Resume(room, begun, caller, http);
        }

        var path = RoomPath.Of(room.Id, turn.Reply.Id);
        var source = new ReplySource(room.FindRoom, turn.Reply.Id, new ReplyCursor(turn.Reply.Attempt, 0));
        http.Response.Headers.Location = path;
        return ReplyFormats.OfReply(http.Request.Headers.Accept) switch
        {
            ReplyFormat.EventStream => new StreamResult<ReplyProgress>(caller, source, new ReplyEventStream(http, path, turn)),
            ReplyFormat.PlainText => new StreamResult<ReplyProgress>(caller, source, new ReplyTextStream(http)),
            _ => TypedResults.Accepted(path, AcceptedResponse.Of(turn)),
        };
    }

    /// <summary>Goes on with a reply for a request that asked for it before.</summary>
    public static Task<IResult> Resume(RoomPath room, RoomMessage begun, Caller caller, HttpContext http)
    {
        http.Response.Headers.Location = RoomPath.Of(room.Id, begun.Id);
        return Attach(room, begun, caller, http);
    }

    /// <summary>Follows a reply, from the last event that was read.</summary>
    public static async Task<IResult> Attach(RoomPath room, RoomMessage reply, Caller caller, HttpContext http)
    {
        if (reply.Sender is Sender.User)
        {
            return RoomPath.NotFound;
        }

        var seen = LastEventId.Of(http.Request);
        if (seen is not null && !reply.Status.IsPending() && seen == ReplyEventStream.EndId(reply))
        {
            return TypedResults.NoContent();
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.BeginStream(ReplyFormats.EventStreamMediaType);
            return Results.Empty;
        }

        PostOutcome.Accepted? turn = null;
        if (!ReplyCursor.TryParse(seen, out var cursor))
        {
            (turn, cursor) = (await FindTurn(room.FindRoom, reply, http.RequestAborted), new ReplyCursor(reply.Attempt, 0));
            if (turn is null)
            {
                return RoomPath.NotFound;
            }
        }

        var sink = new ReplyEventStream(http, RoomPath.Of(room.Id, reply.Id), turn);
        return new StreamResult<ReplyProgress>(caller, new ReplySource(room.FindRoom, reply.Id, cursor), sink);
    }

    /// <summary>The turn of a reply, as its post was answered; null when its message is gone.</summary>
    private static async Task<PostOutcome.Accepted?> FindTurn(IChatroomGrain room, RoomMessage reply, CancellationToken cancellationToken)
    {
        // Twenty turns wait at most, so those ahead are among the messages just before.
        var earlier = await GrainCalls.RetryAsync(() => room.Read(SizeLimits.MaxMessagesPerPage, reply.Id), cancellationToken);
        if (earlier is null || reply.ReplyTo is not { } questionId)
        {
            return null;
        }

        var question = earlier.Messages.FirstOrDefault(message => message.Id == questionId)
            ?? await GrainCalls.RetryAsync(() => room.ReadMessage(questionId), cancellationToken);
        var ahead = reply.Status.IsPending() ? earlier.Messages.Count(message => message.Status.IsPending()) : 0;
        return question is null ? null : new PostOutcome.Accepted(question, reply, ahead);
    }
}
