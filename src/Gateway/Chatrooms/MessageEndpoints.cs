using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Settings;
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

    private const string Repeats = """
        A client of event streams may send the request again by itself when the stream breaks: as an event stream with
        `Last-Event-ID`, the content of the room's newest message goes on with the reply to that, and a regenerate with the
        reply that has come in the place of the one it names. Nothing is asked for twice.
        """;

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var room = app.MapGroup("/chatroom/{id}/message").WithTags("Messages").RequireAuthorization();
        room.MapPost("", Post).Says("postMessage", "Post a message, and wait for the reply or not")
            .Takes(MessageExamples.Post, MessageExamples.FlawedPost).Begins();
        room.MapPost("/{mid}/regenerate", Regenerate).Says("regenerate", "Ask for another reply in the place of a finished one")
            .Begins().Refuses(ChatroomProblems.ReplyOpen);
        room.MapGet("/{mid}", Read).Says("readMessage", "Read a message, or follow a reply's event stream").WithDescription(Events)
            .VariesByAccept().ReadsOn().Gives(MessageExamples.Finished).Streams(AnswerForms.EventStream, MessageExamples.Attached)
            .Gives(204, "As an event stream, when `Last-Event-ID` is that of the last event: there is nothing more to come.")
            .Refuses(RenderChoice.Unknown, RoomAddress.Absent).LimitsStreams();
        room.MapPost("/{mid}/stop", Stop).Says("stopReply", "Stop a reply and keep what has arrived")
            .Gives(MessageExamples.Stopped).Refuses(RoomAddress.Absent);
    }

    /// <summary>What both ways to begin a reply have in common.</summary>
    private static RouteHandlerBuilder Begins(this RouteHandlerBuilder route) => route
        .WithDescription($"{Forms}\n\n{Events}\n\n{Repeats}").VariesByAccept()
        .Heeds(IdempotencyKey.Header).ReadsOn().Gives(MessageExamples.Accepted, 202)
        .Gives(204, "As an event stream, sent again with the `Last-Event-ID` of the last event: there is nothing more to come.")
        .Streams(AnswerForms.EventStream, MessageExamples.Followed)
        .Streams(AnswerForms.PlainText, ("reply", () => MessageExamples.Answer))
        .Sends(200, "Location", MessageExamples.Path).Sends(202, "Location", MessageExamples.Path)
        .Sends(204, "Location", MessageExamples.Path)
        .Refuses(IdempotencyKey.Malformed, RoomAddress.Absent, ChatroomProblems.KeyReused)
        .Refuses(UserExamples.UsedUp, UserExamples.AcceptedUp, ChatroomProblems.QueueFull(20)).LimitsStreams();

    private static RouteHandlerBuilder LimitsStreams(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter(ReplyStreamLimit.Hold).Refuses(ReplyStreamLimit.Reached(RequestOptions.DefaultReplyStreams));

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

        var begun = await StreamRepeats.OfPost(room, content, http);
        if (begun is not null && key is null)
        {
            return await ReplyAnswers.ReadOn(id, room, begun, caller, http);
        }

        // Without a key of the client's we mint one: then our own repeat cannot post twice.
        var message = new NewMessage(content, key ?? NewKey());
        var outcome = await Patient.Ask((room, message), static call => call.room.Post(call.message), http.RequestAborted);
        return outcome is PostOutcome.Accepted turn ? await ReplyAnswers.Accepted(turn, begun, id, room, caller, http) : Refused(outcome, time);
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

        var begun = await StreamRepeats.OfRegenerate(room, replyId, http);
        if (begun is not null && key is null)
        {
            return await ReplyAnswers.ReadOn(id, room, begun, caller, http);
        }

        var outcome = await Patient.Ask(
            (room, replyId, key: key ?? NewKey()), static call => call.room.Regenerate(call.replyId, call.key), http.RequestAborted);
        return outcome is PostOutcome.Accepted turn ? await ReplyAnswers.Accepted(turn, begun, id, room, caller, http) : Refused(outcome, time);
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
            return await ReplyAnswers.Attach(id, room, message, caller, http);
        }

        return TypedResults.Ok(asHtml
            ? MessageResponse.WithHtml(message, await renderer.RenderAsync([message], http.RequestAborted))
            : MessageResponse.Of(message));
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
