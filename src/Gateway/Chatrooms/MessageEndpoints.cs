using System.Net.Mime;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Files;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Users;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The messages of a room.</summary>
internal static class MessageEndpoints
{
    private const string FormatsDescription = """
        `Accept` chooses how the reply comes: as JSON at once, before it is written (202); as `text/event-stream`, which the same path
        with `/stream` has without the header; or as `text/plain`, the bare text. A client that accepts none of them gets JSON.

        In `text/plain`, the status and the headers come with the first text, after the thoughts. Until then the client waits for the
        turns that are ahead of this one, and for the model, which has 5 minutes for each reply. What goes wrong before the first text
        is problem details. What goes wrong later breaks the connection off. A reply without text is an empty body.
        """;

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var room = app.MapGroup("/chatroom/{id}/message").WithTags("Messages").RequireAuthorization().WithParameterValidation();
        room.MapPost("", Post).WithName("postMessage").WithSummary("Post a message, and wait for the reply or not").AcceptsMessage().ProducesReply();
        room.MapPost("/{mid}/edit", Edit).WithName("editMessage").WithSummary("Post a new version of a message, and wait for the reply or not")
            .AcceptsMessage().ProducesReply();
        room.MapPost("/{mid}/regenerate", Regenerate).WithName("regenerate")
            .WithSummary("Ask for another reply in the place of a finished one").AcceptsRegenerate().ProducesReply();
        room.MapGet("/{mid}", Read).WithName("readMessage").WithSummary("Read a message, or follow a reply's event stream")
            .WithDescription(ReplyEvents.MixedRouteDescription).VaryByAccept().WithLastEventId()
            .Produces(MessageExamples.Finished).ProducesText(MediaTypeNames.Text.EventStream, MessageExamples.AttachedReplyStreams)
            .Produces(204, "As an event stream, when `Last-Event-ID` is that of the last event: there is nothing more to come.")
            .WithStreamLimit().Compress();
        room.MapPost("/{mid}/stop", Stop).WithName("stopReply").WithSummary("Stop a reply and keep what has arrived")
            .WithDescription("The text so far is kept. A reply that has ended stays as it is.")
            .Produces(MessageExamples.Stopped);
        MapStreams(room.MapGroup("").WithMetadata(new EventStreamRoute(), new RequestParameter("render", ParameterLocation.Query, RenderQuery.StreamDescription))
            .AddEndpointFilter(ReplyFormats.RequireEventStream).AddEndpointFilter(RenderQuery.Require)
            .ProducesProblem(ReplyFormats.NotAcceptable, RenderQuery.Invalid));
    }

    /// <summary>The same as event streams alone: programs that are made from the API document expect one kind of answer.</summary>
    private static void MapStreams(RouteGroupBuilder room)
    {
        room.MapPost("/stream", Post).WithName("postMessageStream").WithSummary("Post a message and follow the reply's event stream")
            .AcceptsMessage().ProducesReplyStream(ReplyEvents.StreamRouteDescription).ProducesEvents(ReplyEvents.Events);
        room.MapPost("/{mid}/edit/stream", Edit).WithName("editMessageStream")
            .WithSummary("Post a new version of a message and follow the reply's event stream")
            .AcceptsMessage().ProducesReplyStream(ReplyEvents.StreamRouteDescription).ProducesEvents(ReplyEvents.Events);
        room.MapPost("/{mid}/regenerate/stream", Regenerate).WithName("regenerateStream")
            .WithSummary("Ask for another reply in the place of a finished one, and follow its event stream")
            .AcceptsRegenerate().ProducesReplyStream(ReplyEvents.StreamRouteDescription).ProducesEvents(ReplyEvents.Events);
        room.MapGet("/{mid}/stream", Follow).WithName("followReply").WithSummary("Follow a reply's event stream")
            .WithDescription(ReplyEvents.StreamRouteDescription).WithLastEventId()
            .ProducesEvents(ReplyEvents.Events)
            .WithStreamLimit();
    }

    private static RouteHandlerBuilder AcceptsMessage(this RouteHandlerBuilder route) =>
        route.Accepts(MessageExamples.Post, MessageExamples.InvalidPost).ProducesProblem(FileProblems.Absent);

    private static RouteHandlerBuilder AcceptsRegenerate(this RouteHandlerBuilder route) =>
        route.Accepts(MessageExamples.Regenerate, MessageExamples.InvalidRegenerate).ProducesProblem(ChatroomProblems.ReplyPending);

    private static RouteHandlerBuilder ProducesReply(this RouteHandlerBuilder route) => route
        .ProducesReplyStream($"{FormatsDescription}\n\n{ReplyEvents.MixedRouteDescription}").VaryByAccept()
        .ProducesText(MediaTypeNames.Text.EventStream, MessageExamples.ReplyStreams)
        .Produces(204, "Sent again with the `Last-Event-ID` of the last event: there is nothing more to come.")
        .Produces(MessageExamples.Accepted, 202).WithHeader(202, "Location", MessageExamples.Path).WithHeader(204, "Location", MessageExamples.Path)
        .ProducesText(MediaTypeNames.Text.Plain, ("reply", () => MessageExamples.Answer))
        .ProducesProblem(MessageExamples.EarlyFailures);

    private static RouteHandlerBuilder ProducesReplyStream(this RouteHandlerBuilder route, string description) => route
        .WithDescription($"{description}\n\n{ReplyEvents.ReconnectDescription}").WithLastEventId()
        .WithHeader(200, "Location", MessageExamples.Path)
        .ProducesProblem(ChatroomProblems.KeyReused, UserExamples.DailyLimitReached, UserExamples.AcceptanceLimitReached, ChatroomProblems.QueueFull(20), ChatroomProblems.TooManyVersions(200))
        .ProducesProblem(RoomExamples.OptionsRefused).ProducesProblem(UserExamples.SearchLimitReached)
        .WithStreamLimit();

    private static RouteHandlerBuilder WithStreamLimit(this RouteHandlerBuilder route) => route
        .AddEndpointFilter(ReplyStreamLimiter.AcquireForRequest).ProducesProblem(ReplyStreamLimiter.LimitReached(RequestOptions.DefaultReplyStreams));

    private static async Task<IResult> Post(
        IdempotencyKey key, JsonBody<PostMessageRequest> body, RoomPath path, Caller caller, TimeProvider time, HttpContext http)
    {
        var content = body.Value.Content!;
        var begun = await StreamReconnects.FindReplyOfPost(key, path.Grain, content, http);
        return await BeginReply(turnKey => path.Grain.Post(body.Value.ToMessage(turnKey)), key, begun, path, caller, time, http);
    }

    private static async Task<IResult> Edit(
        IdempotencyKey key, JsonBody<PostMessageRequest> body, MessagePath path, Caller caller, TimeProvider time, HttpContext http)
    {
        var (room, content) = (path.Room.Grain, body.Value.Content!);
        var begun = await StreamReconnects.FindReplyOfEdit(key, room, path.MessageId, content, http);
        return await BeginReply(
            turnKey => room.Edit(path.MessageId, body.Value.ToMessage(turnKey)), key, begun, path.Room, caller, time, http);
    }

    private static async Task<IResult> Regenerate(
        IdempotencyKey key, JsonBody<RegenerateReplyRequest> body, MessagePath path, Caller caller, TimeProvider time, HttpContext http)
    {
        var (room, options) = (path.Room.Grain, body.Value.ToOptions());
        var begun = await StreamReconnects.FindReplyOfRegenerate(key, room, path.MessageId, http);
        return await BeginReply(turnKey => room.Regenerate(path.MessageId, turnKey, options), key, begun, path.Room, caller, time, http);
    }

    private static async Task<IResult> BeginReply(
        Func<string, Task<PostOutcome>> call, IdempotencyKey key, RoomMessage? begun, RoomPath room, Caller caller, TimeProvider time, HttpContext http)
    {
        if (begun is not null)
        {
            return await ReplyResults.Resume(room, begun, caller, http);
        }

        // If the client sent no key, a new key makes sure that a repeated call does not post twice.
        var turnKey = key.Value ?? Guid.CreateVersion7().ToString("N");
        return await GrainCalls.RetryAsync(() => call(turnKey), http.RequestAborted) switch
        {
            PostOutcome.Accepted turn => await ReplyResults.ForAcceptedTurn(turn, key, room, caller, http),
            var refused => TurnProblems.Of(refused, time),
        };
    }

    private static async Task<IResult> Read(
        RenderQuery render, MessagePath path, Caller caller, ReplyRenderer renderer, HttpContext http)
    {
        if (await GrainCalls.RetryAsync(() => path.Room.Grain.ReadMessage(path.MessageId), http.RequestAborted) is not { } message)
        {
            return RoomPath.NotFound;
        }

        if (ReplyFormats.OfReply(http) is ReplyFormat.EventStream)
        {
            return await ReplyResults.Attach(path.Room, message, caller, http);
        }

        var answer = render.AsHtml
            ? MessageResponse.WithHtml(message, await renderer.RenderAsync([message], http.RequestAborted))
            : MessageResponse.Of(message);
        return new SerializedJsonResult(SerializedJson.Of(answer, Json.Context.MessageResponse));
    }

    private static async Task<IResult> Follow(MessagePath path, Caller caller, HttpContext http) =>
        await GrainCalls.RetryAsync(() => path.Room.Grain.ReadMessage(path.MessageId), http.RequestAborted) is { } message
            ? await ReplyResults.Attach(path.Room, message, caller, http)
            : RoomPath.NotFound;

    private static async Task<Results<Ok<MessageResponse>, Problem>> Stop(MessagePath path, HttpContext http) =>
        await GrainCalls.RetryAsync(() => path.Room.Grain.Stop(path.MessageId), http.RequestAborted) is { } message
            ? TypedResults.Ok(MessageResponse.Of(message))
            : RoomPath.NotFound;
}
