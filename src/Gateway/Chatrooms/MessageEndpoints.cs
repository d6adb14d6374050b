using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Users;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The messages of a room.</summary>
internal static class MessageEndpoints
{
    private const string Forms = """
        `Accept` chooses how the reply comes: as JSON at once, before it is written (202); as `text/event-stream`; or as
        `text/plain`, the bare text, whose connection is broken off when something goes wrong.
        """;

    private const string Events = """
        Server-sent events, each with JSON in `data`:

        | event | data | id |
        |---|---|---|
        | `accepted` | both messages and the place in the queue | `<attempt>-0` |
        | `token` | `{text}`: the next piece | `<attempt>-<offset>` behind it, in UTF-16 code units |
        | `reset` | `{attempt}`: forget the text, it begins anew | `<attempt>-0` |
        | `done` | the whole message: `completed`, `stopped` or `incomplete` | `<attempt>-<length>-end` |
        | `error` | problem details: the reply failed, or the session or room is gone | as `done`, if the reply failed |
        | `reconnect` | `{}`: the server is leaving, or the access token has expired; attach again with the last id and a valid token | |

        The texts of the tokens since the last `reset`, joined, are the content, exactly. A comment comes at least every
        15 seconds. To leave the stream does not stop the reply.
        """;

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var room = app.MapGroup("/chatroom/{id}/message").WithTags("Messages").RequireAuthorization();
        room.MapPost("", Post).Says("postMessage", "Post a message, and wait for the reply or not")
            .Takes(MessageExamples.Post, MessageExamples.FlawedPost).Begins();
        room.MapPost("/{mid}/regenerate", Regenerate).Says("regenerate", "Ask for another reply in the place of a finished one")
            .Begins().Refuses(ChatroomProblems.ReplyOpen);
        room.MapGet("/{mid}", Read).Says("readMessage", "Read a message, or follow a reply's event stream").WithDescription(Events)
            .Heeds(LastEvent.Header).Gives(MessageExamples.Finished).Streams(AnswerForms.EventStream, MessageExamples.Attached)
            .Gives(204, "As an event stream, when `Last-Event-ID` is that of the last event: there is nothing more to come.")
            .Refuses(RenderChoice.Unknown, RoomAddress.Absent);
        room.MapPost("/{mid}/stop", Stop).Says("stopReply", "Stop a reply and keep what has arrived")
            .Gives(MessageExamples.Stopped).Refuses(RoomAddress.Absent);
    }

    /// <summary>What both ways to begin a reply have in common.</summary>
    private static RouteHandlerBuilder Begins(this RouteHandlerBuilder route) => route
        .WithDescription($"{Forms}\n\n{Events}").Heeds(IdempotencyKey.Header).Gives(MessageExamples.Accepted, 202)
        .Streams(AnswerForms.EventStream, MessageExamples.Followed)
        .Streams(AnswerForms.PlainText, ("reply", () => MessageExamples.Answer))
        .Sends(200, "Location", MessageExamples.Path).Sends(202, "Location", MessageExamples.Path)
        .Refuses(IdempotencyKey.Malformed, RoomAddress.Absent, ChatroomProblems.KeyReused)
        .Refuses(UserExamples.UsedUp, UserExamples.AcceptedUp, ChatroomProblems.QueueFull(20));

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
        var outcome = await Patient.Ask((room, message), static call => call.room.Post(call.message), http.RequestAborted);
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
            (room, replyId, key: key ?? NewKey()), static call => call.room.Regenerate(call.replyId, call.key), http.RequestAborted);
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
        string id, string mid, string? render, Caller caller, IGrainFactory grains, ReplyRenderer renderer, HttpContext http)
    {
        if (RenderChoice.Read(render, out var asHtml) is { } badRender)
        {
            return badRender;
        }

        if (grains.Room(caller.UserId, id) is not { } room || Page.MessageId(mid) is not { } messageId)
        {
            return RoomAddress.Absent;
        }

        var message = await Patient.Ask((room, messageId), static call => call.room.ReadMessage(call.messageId), http.RequestAborted);
        if (message is null)
        {
            return RoomAddress.Absent;
        }

        if (AnswerForms.Of(http.Request.Headers.Accept) is AnswerForm.Events)
        {
            return await Attach(id, room, message, caller, http);
        }

        return TypedResults.Ok(asHtml
            ? MessageResponse.WithHtml(message, await renderer.RenderAsync([message], http.RequestAborted))
            : MessageResponse.Of(message));
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

        return await Turns.Find(room, reply, http.RequestAborted) is { } turn
            ? new ReplyStreamResult(caller, new EventStream(http, path, turn), room, reply.Id, new ReplyCursor(reply.Attempt, 0))
            : RoomAddress.Absent;
    }

    private static async Task<IResult> Stop(string id, string mid, Caller caller, IGrainFactory grains, HttpContext http)
    {
        if (grains.Room(caller.UserId, id) is not { } room || Page.MessageId(mid) is not { } messageId)
        {
            return RoomAddress.Absent;
        }

        var message = await Patient.Ask((room, messageId), static call => call.room.Stop(call.messageId), http.RequestAborted);
        return message is null ? RoomAddress.Absent : TypedResults.Ok(MessageResponse.Of(message));
    }
}
