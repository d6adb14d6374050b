using System.Net.Mime;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Answers with a reply in the format that the client accepts.</summary>
internal static class ReplyResults
{
    /// <summary>Answers a post, an edit or a regenerate.</summary>
    /// <param name="turn">The turn, accepted now or by an earlier request with the same key.</param>
    /// <param name="key">The client's key.</param>
    /// <param name="room">The room.</param>
    /// <param name="caller">The user.</param>
    /// <param name="http">The request.</param>
    public static async Task<IResult> ForAcceptedTurn(
        PostOutcome.Accepted turn, IdempotencyKey key, RoomPath room, Caller caller, HttpContext http)
    {
        // Without the client's key, only our own call was repeated.
        if (turn.IsRepeat && key.Value is not null && StreamReconnects.IsReconnect(http))
        {
            return await Resume(room, turn.Reply, caller, http);
        }

        var path = RoomPath.Of(room.Id, turn.Reply.Id);
        var cursor = new ReplyCursor(turn.Reply.Attempt, 0);
        http.Response.Headers.Location = path;
        return ReplyFormats.OfReply(http) switch
        {
            ReplyFormat.EventStream => Follow(room, turn.Reply.Id, cursor, turn, caller, http),
            ReplyFormat.PlainText => new StreamResult<ReplyProgress>(
                caller, new ReplySource(room, turn.Reply.Id, cursor, http), new ReplyTextStream(http)),
            _ => TypedResults.Accepted(path, AcceptedResponse.Of(turn)),
        };
    }

    public static Task<IResult> Resume(RoomPath room, RoomMessage begun, Caller caller, HttpContext http)
    {
        http.Response.Headers.Location = RoomPath.Of(room.Id, begun.Id);
        return Attach(room, begun, caller, http);
    }

    /// <summary>Follows a reply after the event that <c>Last-Event-ID</c> names.</summary>
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
            http.Response.BeginStream(MediaTypeNames.Text.EventStream);
            return Results.Empty;
        }

        PostOutcome.Accepted? turn = null;
        if (!ReplyCursor.TryParse(seen, out var cursor))
        {
            (turn, cursor) = (await FindTurn(room.Grain, reply, http.RequestAborted), new ReplyCursor(reply.Attempt, 0));
            if (turn is null)
            {
                return RoomPath.NotFound;
            }
        }

        return Follow(room, reply.Id, cursor, turn, caller, http);
    }

    /// <summary>The events after a cursor; with those of the HTML if the client asks for them and the limit allows it.</summary>
    private static IResult Follow(
        RoomPath room, long replyId, ReplyCursor start, PostOutcome.Accepted? turn, Caller caller, HttpContext http)
    {
        var events = new ReplyEventStream(http, RoomPath.Of(room.Id, replyId), turn);
        var source = new ReplySource(room, replyId, start, http);
        var services = http.RequestServices;
        if (!RenderQuery.IsStreamOfHtml(http) || services.GetRequiredService<HtmlStreamLimiter>().Acquire(caller.UserId) is not { } lease)
        {
            return new StreamResult<ReplyProgress>(caller, source, events);
        }

        http.Response.RegisterForDispose(lease);
        var earlier = start.Offset > 0 ? new ReplySource(room, replyId, start with { Offset = 0 }, http) : null;
        return new StreamResult<HtmlProgress>(
            caller,
            new HtmlReplySource(source, earlier, start, services.GetRequiredService<ReplyRenderer>(), services.GetRequiredService<TimeProvider>()),
            new HtmlReplyStream(events));
    }

    /// <summary>The turn of a reply, in the form of the answer to its post; null if the room or message was deleted.</summary>
    private static async Task<PostOutcome.Accepted?> FindTurn(IChatroomGrain room, RoomMessage reply, CancellationToken cancellationToken)
    {
        // At most twenty turns wait, so the pending ones before this turn are on the page before it.
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
