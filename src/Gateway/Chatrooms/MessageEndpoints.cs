using System.Net.Mime;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Files;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Users;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The messages of a room.</summary>
internal static class MessageEndpoints
{
    private const string FormatsDescription = """
        `Accept` chooses how the reply comes: as JSON at once, before it is written (202); as `text/event-stream`; or as
        `text/plain`, the bare text, whose connection is broken off when something goes wrong.
        """;

    private const string EventsDescription = """
        Server-sent events, each with JSON in `data`:

        | event | data | id |
        |---|---|---|
        | `accepted` | both messages and the place in the queue | `<attempt>-0` |
        | `thought` | `{text}`: the next piece of the model's thinking | `<attempt>-<offset>` |
        | `token` | `{text}`: the next piece of the reply | `<attempt>-<offset>` |
        | `reset` | `{attempt}`: forget text and thoughts, they begin anew | `<attempt>-0` |
        | `done` | the whole message: `completed`, `stopped` or `incomplete` | `<attempt>-<offset>-end` |
        | `error` | problem details: the reply failed, or the session or room is gone | as `done`, if the reply failed |
        | `reconnect` | `{}`: the server is leaving, or the access token has expired; attach again with the last id and a valid token | |

        The texts of the tokens since the last `reset`, joined, are the content, exactly. The same holds for the thoughts, which come
        before or between tokens. Send ids back as they came: their form can change. A comment comes at least every
        15 seconds. To leave the stream does not stop the reply.
        """;

    private const string ReconnectDescription = """
        When the stream breaks, the client can send the same request again, with `Accept: text/event-stream` and
        `Last-Event-ID`. A post or an edit with the content of the room's newest message continues the stream of that message's reply. A
        regenerate continues the stream of the reply that replaced the named one. No second reply is started.
        """;

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var room = app.MapGroup("/chatroom/{id}/message").WithTags("Messages").RequireAuthorization().WithParameterValidation();
        room.MapPost("", Post).WithName("postMessage").WithSummary("Post a message, and wait for the reply or not")
            .Accepts(MessageExamples.Post, MessageExamples.InvalidPost).BeginsReply().ProducesProblem(FileProblems.Absent);
        room.MapPost("/{mid}/edit", Edit).WithName("editMessage").WithSummary("Post a new version of a message, and wait for the reply or not")
            .Accepts(MessageExamples.Post, MessageExamples.InvalidPost).BeginsReply().ProducesProblem(FileProblems.Absent);
        room.MapPost("/{mid}/regenerate", Regenerate).WithName("regenerate")
            .WithSummary("Ask for another reply in the place of a finished one")
            .Accepts(MessageExamples.Regenerate, MessageExamples.InvalidRegenerate).BeginsReply().ProducesProblem(ChatroomProblems.ReplyPending);
        room.MapGet("/{mid}", Read).WithName("readMessage").WithSummary("Read a message, or follow a reply's event stream")
            .WithDescription(EventsDescription).VaryByAccept().WithLastEventId()
            .Produces(MessageExamples.Finished).ProducesText(MediaTypeNames.Text.EventStream, MessageExamples.AttachedReplyStreams)
            .Produces(204, "As an event stream, when `Last-Event-ID` is that of the last event: there is nothing more to come.")
            .WithStreamLimit();
        room.MapPost("/{mid}/stop", Stop).WithName("stopReply").WithSummary("Stop a reply and keep what has arrived")
            .Produces(MessageExamples.Stopped);
    }

    private static RouteHandlerBuilder BeginsReply(this RouteHandlerBuilder route) => route
        .WithDescription($"{FormatsDescription}\n\n{EventsDescription}\n\n{ReconnectDescription}").VaryByAccept().WithLastEventId()
        .Produces(MessageExamples.Accepted, 202)
        .Produces(204, "As an event stream, sent again with the `Last-Event-ID` of the last event: there is nothing more to come.")
        .ProducesText(MediaTypeNames.Text.EventStream, MessageExamples.ReplyStreams)
        .ProducesText(MediaTypeNames.Text.Plain, ("reply", () => MessageExamples.Answer))
        .WithHeader(200, "Location", MessageExamples.Path).WithHeader(202, "Location", MessageExamples.Path)
        .WithHeader(204, "Location", MessageExamples.Path)
        .ProducesProblem(ChatroomProblems.KeyReused, UserExamples.DailyLimitReached, UserExamples.AcceptanceLimitReached, ChatroomProblems.QueueFull(20), ChatroomProblems.TooManyVersions(200))
        .ProducesProblem(RoomExamples.OptionsRefused).ProducesProblem(UserExamples.SearchLimitReached)
        .WithStreamLimit();

    private static RouteHandlerBuilder WithStreamLimit(this RouteHandlerBuilder route) => route
        .AddEndpointFilter(ReplyStreamLimiter.AcquireForRequest).ProducesProblem(ReplyStreamLimiter.LimitReached(RequestOptions.DefaultReplyStreams));

    private static async Task<IResult> Post(
        IdempotencyKey key, JsonBody<PostMessageRequest> body, RoomPath path, Caller caller, TimeProvider time, HttpContext http)
    {
        var content = body.Value.Content!;
        var begun = await StreamReconnects.FindReplyOfPost(path.Grain, content, http);
        return await BeginReply(turnKey => path.Grain.Post(body.Value.ToMessage(turnKey)), key, begun, path, caller, time, http);
    }

    private static async Task<IResult> Edit(
        IdempotencyKey key, JsonBody<PostMessageRequest> body, MessagePath path, Caller caller, TimeProvider time, HttpContext http)
    {
        var (room, content) = (path.Room.Grain, body.Value.Content!);
        var begun = await StreamReconnects.FindReplyOfEdit(room, path.MessageId, content, http);
        return await BeginReply(
            turnKey => room.Edit(path.MessageId, body.Value.ToMessage(turnKey)), key, begun, path.Room, caller, time, http);
    }

    private static async Task<IResult> Regenerate(
        IdempotencyKey key, JsonBody<RegenerateReplyRequest> body, MessagePath path, Caller caller, TimeProvider time, HttpContext http)
    {
        var (room, options) = (path.Room.Grain, body.Value.ToOptions());
        var begun = await StreamReconnects.FindReplyOfRegenerate(room, path.MessageId, http);
        return await BeginReply(turnKey => room.Regenerate(path.MessageId, turnKey, options), key, begun, path.Room, caller, time, http);
    }

    private static async Task<IResult> BeginReply(
        Func<string, Task<PostOutcome>> call, IdempotencyKey key, RoomMessage? begun, RoomPath room, Caller caller, TimeProvider time, HttpContext http)
    {
        if (begun is not null && key.Value is null)
        {
            return await ReplyResults.Resume(room, begun, caller, http);
        }

        // If the client sent no key, a new key makes sure that a repeated call does not post twice.
        var turnKey = key.Value ?? Guid.CreateVersion7().ToString("N");
        return await GrainCalls.RetryAsync(() => call(turnKey), http.RequestAborted) switch
        {
            PostOutcome.Accepted turn => await ReplyResults.ForAcceptedTurn(turn, begun, room, caller, http),
            PostOutcome.RoomAbsent or PostOutcome.MessageAbsent or PostOutcome.ReplyAbsent => RoomPath.NotFound,
            PostOutcome.FileAbsent => FileProblems.Absent,
            PostOutcome.KeyReused => ChatroomProblems.KeyReused,
            PostOutcome.ReplyPending => ChatroomProblems.ReplyPending,
            PostOutcome.TooManyVersions versions => ChatroomProblems.TooManyVersions(versions.Limit),
            PostOutcome.QuotaExceeded reached => DailyLimit.Reached(reached.Usage, time),
            PostOutcome.QueueFull full => ChatroomProblems.QueueFull(full.Limit),
            PostOutcome.OptionsRefused(var refusal) => ReplyOptionsMapping.ToProblem(refusal, time),
            PostOutcome.SiloStopping => Problems.Stopping,
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    private static async Task<IResult> Read(
        RenderQuery render, MessagePath path, Caller caller, ReplyRenderer renderer, HttpContext http)
    {
        if (await GrainCalls.RetryAsync(() => path.Room.Grain.ReadMessage(path.MessageId), http.RequestAborted) is not { } message)
        {
            return RoomPath.NotFound;
        }

        if (ReplyFormats.OfReply(http.Request.Headers.Accept) is ReplyFormat.EventStream)
        {
            return await ReplyResults.Attach(path.Room, message, caller, http);
        }

        return TypedResults.Ok(render.AsHtml
            ? MessageResponse.WithHtml(message, await renderer.RenderAsync([message], http.RequestAborted))
            : MessageResponse.Of(message));
    }

    private static async Task<Results<Ok<MessageResponse>, Problem>> Stop(MessagePath path, HttpContext http) =>
        await GrainCalls.RetryAsync(() => path.Room.Grain.Stop(path.MessageId), http.RequestAborted) is { } message
            ? TypedResults.Ok(MessageResponse.Of(message))
            : RoomPath.NotFound;
}
