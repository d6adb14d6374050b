using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Users;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The messages of a room.</summary>
internal static class MessageEndpoints
{
    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var room = app.MapGroup("/chatroom/{id}/message").WithTags("Messages").RequireAuthorization();
        room.MapPost("", Post).Says("Post a message, and wait for the reply or not")
            .Takes(IdempotencyKey.Header, IdempotencyKey.Meaning).Gives<AcceptedResponse>(202)
            .Streams(AnswerForms.EventStream, AnswerForms.PlainText).Refuses(400, 401, 404, 413, 415, 422, 429, 503);
        room.MapGet("/{mid}", Read).Says("Read a message, or follow a reply's event stream").WithDescription(RenderChoice.Meaning)
            .Takes(LastEvent.Header, "Where to read on in the event stream.").Gives<MessageResponse>().Streams(AnswerForms.EventStream).Refuses(400, 401, 404, 503);
        room.MapPost("/{mid}/regenerate", Regenerate).Says("Ask for another reply in the place of a finished one")
            .Takes(IdempotencyKey.Header, IdempotencyKey.Meaning).Gives<AcceptedResponse>(202)
            .Streams(AnswerForms.EventStream, AnswerForms.PlainText).Refuses(400, 401, 404, 409, 422, 429, 503);
        room.MapPost("/{mid}/stop", Stop).Says("Stop a reply and keep what has arrived").Gives<MessageResponse>().Refuses(401, 404, 503);
    }

    private static async Task<IResult> Post(
        string id, Body<PostMessageRequest> body, Caller caller, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var problem))
        {
            return problem;
        }

        if (body.Value is not { Content: { } content })
        {
            return body.Refusal;
        }

        if (grains.Room(caller.UserId, id) is not { } room)
        {
            return RoomAddress.Absent;
        }

        // Without a key of the client's we mint one: then our own repeat cannot post twice.
        var message = new NewMessage(content, key ?? NewKey());
        var outcome = await Patient.Ask((room, message), static call => call.room.Post(call.message));
        return outcome is PostOutcome.Accepted turn ? Accepted(turn, id, room, caller, http) : Refused(outcome, time);
    }

    private static async Task<IResult> Regenerate(
        string id, string mid, Caller caller, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var problem))
        {
            return problem;
        }

        if (grains.Room(caller.UserId, id) is not { } room || Page.MessageId(mid) is not { } replyId)
        {
            return RoomAddress.Absent;
        }

        var outcome = await Patient.Ask(
            (room, replyId, key: key ?? NewKey()), static call => call.room.Regenerate(call.replyId, call.key));
        return outcome is PostOutcome.Accepted turn ? Accepted(turn, id, room, caller, http) : Refused(outcome, time);
    }

    private static string NewKey() => Guid.CreateVersion7().ToString("N");

    private static Problem Refused(PostOutcome outcome, TimeProvider time) => outcome switch
    {
        PostOutcome.RoomAbsent or PostOutcome.ReplyAbsent => RoomAddress.Absent,
        PostOutcome.KeyReused => ChatroomProblems.KeyReused,
        PostOutcome.ReplyOpen => ChatroomProblems.ReplyOpen,
        PostOutcome.QuotaExceeded reached => DailyLimit.Reached(reached.Usage, time),
        PostOutcome.QueueFull full => ChatroomProblems.QueueFull(full.Limit),
        PostOutcome.Leaving => Problems.Leaving,
        var other => throw new NotSupportedException(other.GetType().Name),
    };

    private static IResult Accepted(PostOutcome.Accepted turn, string id, IChatroomGrain room, Caller caller, HttpContext http)
    {
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

    private static async Task<IResult> Read(
        string id, string mid, string? render, Caller caller, IGrainFactory grains, HttpContext http)
    {
        if (RenderChoice.Read(render, out var asHtml) is { } badRender)
        {
            return badRender;
        }

        if (grains.Room(caller.UserId, id) is not { } room || Page.MessageId(mid) is not { } messageId)
        {
            return RoomAddress.Absent;
        }

        var message = await Patient.Ask((room, messageId), static call => call.room.ReadMessage(call.messageId));
        if (message is null)
        {
            return RoomAddress.Absent;
        }

        return AnswerForms.Of(http.Request.Headers.Accept) is AnswerForm.Events
            ? await Attach(id, room, message, caller, http)
            : TypedResults.Ok(asHtml ? MessageResponse.WithHtml(message) : MessageResponse.Of(message));
    }

    private static async Task<IResult> Attach(string id, IChatroomGrain room, RoomMessage reply, Caller caller, HttpContext http)
    {
        if (reply.Sender is Sender.User)
        {
            return RoomAddress.Absent;
        }

        var path = RoomAddress.Path(id, reply.Id);
        string? seen = http.Request.Headers[LastEvent.Header];
        if (seen is not null && !reply.Status.IsOpen() && seen == EventStream.EndId(reply))
        {
            return TypedResults.NoContent();
        }

        if (ReplyCursor.TryParse(seen, out var cursor))
        {
            return new ReplyStreamResult(caller, new EventStream(http, path, null), room, reply.Id, cursor);
        }

        return await Turns.Find(room, reply) is { } turn
            ? new ReplyStreamResult(caller, new EventStream(http, path, turn), room, reply.Id, new ReplyCursor(reply.Attempt, 0))
            : RoomAddress.Absent;
    }

    private static async Task<IResult> Stop(string id, string mid, Caller caller, IGrainFactory grains)
    {
        if (grains.Room(caller.UserId, id) is not { } room || Page.MessageId(mid) is not { } messageId)
        {
            return RoomAddress.Absent;
        }

        var message = await Patient.Ask((room, messageId), static call => call.room.Stop(call.messageId));
        return message is null ? RoomAddress.Absent : TypedResults.Ok(MessageResponse.Of(message));
    }
}
