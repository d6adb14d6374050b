using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Files;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Users;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>The routes for <c>useChat</c> of Vercel's AI SDK, versions 5 to 7, with its <c>DefaultChatTransport</c>.</summary>
internal static class AiSdkEndpoints
{
    private const string RequestDescription = """
        The body is what `useChat` sends with `DefaultChatTransport`. Only the user's newest message is read; the service has the history. Its
        text parts are joined. Its files are data URLs, which are stored as uploads are, or addresses of the content of uploaded files. `id` is
        the id of a room, or another text of up to 64 characters without a slash, which names a room of the user's own; the first message creates it. A
        chat whose room has been deleted stays deleted. The id of the message is its idempotency key. With `messageId` of an earlier message of the user, the message is a new version of that one.
        `regenerate-message` asks for another reply to the newest message, or edits it if its text has changed. `model`, `thinking` and `search`
        are as in other messages.
        """;

    private const string StreamDescription = """
        The answer is the UI message stream, version 1. `start.messageId` is the id of the stored reply. `messageMetadata` has `room_id`,
        `message_id`, `status`, `model`, `usage`, and of an incomplete or failed reply `error`. The last chunk of a reply is `finish`, or `error`
        if there is none. Where the client should resume, the connection is broken off without either: the server is leaving, the access token
        has expired, or the model begins anew after text was sent. To leave the stream does not stop the reply.
        """;

    private const string ErrorsDescription =
        "With an `Accept` header that does not name JSON, as `fetch` sends it, the body of an error is its `detail` as text: the AI SDK shows that body to the user.";

    public static void AddAiSdk(this IServiceCollection services)
    {
        services.AddSingleton<ChatFiles>();
        services.AddSingleton<ChatTurns>();
    }

    public static void MapAiSdk(this IEndpointRouteBuilder app)
    {
        var chats = app.MapGroup("/ai/chat").WithTags("AI SDK").RequireAuthorization().WithParameterValidation();
        chats.MapPost("", Send).WithName("sendChat").WithSummary("Send what useChat sends, and stream the reply")
            .WithDescription($"{RequestDescription}\n\n{StreamDescription}\n\n{ErrorsDescription}").VaryByAccept().Streams()
            .Accepts(AiSdkExamples.Request, AiSdkExamples.InvalidRequest)
            .ProducesProblem(ChatBody.TooLarge, RoomPath.NotFound, ChatroomProblems.KeyReused, ChatroomProblems.ReplyPending, ChatroomProblems.Deleted)
            .ProducesProblem(ChatroomProblems.TooManyRooms(IUserGrain.MaxRooms), ChatroomProblems.QueueFull(20), ChatroomProblems.TooManyVersions(200))
            .ProducesProblem(UserExamples.DailyLimitReached, UserExamples.AcceptanceLimitReached, UserExamples.SearchLimitReached)
            .ProducesProblem(RoomExamples.OptionsRefused).ProducesProblem(FileProblems.Absent, FileProblems.UnsupportedType, FileProblems.StorageFull)
            .ProducesProblem(FileProblems.TooManyUploadsOfUser, FileProblems.TooManyUploads);
        chats.MapGet("/{chat_id}/stream", Resume).WithName("resumeChat").WithSummary("Follow the running reply from its first chunk")
            .WithDescription($"{StreamDescription}\n\n{ErrorsDescription}").VaryByAccept().Streams()
            .Produces(204, "The newest message has no running reply.").ProducesProblem(ChatroomProblems.Deleted);
        chats.MapGet("/{chat_id}/messages", ListMessages).WithName("listChatMessages").WithSummary("Read the newest messages of the shown branch, for useChat")
            .WithDescription(ErrorsDescription).VaryByAccept().Produces(AiSdkExamples.Messages).WithHeader(200, "Link", AiSdkExamples.OlderMessages)
            .ProducesProblem(ChatroomProblems.Deleted);
        chats.MapPost("/{chat_id}/stop", Stop).WithName("stopChat").WithSummary("Stop the running reply and keep what has arrived")
            .WithDescription($"`stop()` of `useChat` only leaves the stream: call this route too. {ErrorsDescription}").VaryByAccept()
            .Produces(AiSdkExamples.Stopped).Produces(204, "The newest message has no running reply.").ProducesProblem(ChatroomProblems.Deleted);
    }

    private static RouteHandlerBuilder Streams(this RouteHandlerBuilder route) => route
        .ProducesEvents(AiSdkExamples.Chunks)
        .WithHeader(200, UiMessageStream.VersionHeader, UiMessageStream.Version)
        .ProducesProblem(ReplyStreamLimiter.LimitReached(RequestOptions.DefaultReplyStreams));

    private static async Task<IResult> Send(
        IdempotencyKey key, ChatBody body, Caller caller, ChatTurns turns, ReplyStreamLimiter streams, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        // Before the turn: a message that is stored must not be refused.
        if (streams.Acquire(caller.UserId) is not { } lease)
        {
            return ReplyStreamLimiter.LimitReached(streams.MaxPerUser);
        }

        http.Response.RegisterForDispose(lease);
        if (await new ChatPath(body.Value.Id!, caller.UserId).FindRoom(grains, http.RequestAborted) is not { } room)
        {
            return ChatroomProblems.Deleted;
        }

        var (outcome, problem) = await turns.Begin(body, key.Value, room, http);
        return outcome switch
        {
            null => problem!,
            PostOutcome.Accepted turn => Follow(room, turn.Reply, caller, http),
            _ => TurnProblems.Of(outcome, time),
        };
    }

    private static async Task<IResult> Resume(
        ChatPath path, Caller caller, ReplyStreamLimiter streams, IGrainFactory grains, HttpContext http)
    {
        if (await path.Read(grains, limit: 1, before: null, http.RequestAborted) is not { } chat)
        {
            return ChatroomProblems.Deleted;
        }

        if (chat.RunningReply is not { } reply)
        {
            return TypedResults.NoContent();
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            UiMessageStream.WriteHeaders(http.Response);
            return Results.Empty;
        }

        if (streams.Acquire(caller.UserId) is not { } lease)
        {
            return ReplyStreamLimiter.LimitReached(streams.MaxPerUser);
        }

        http.Response.RegisterForDispose(lease);
        return Follow(chat.Room, reply, caller, http);
    }

    private static StreamResult<ReplyProgress> Follow(RoomPath room, RoomMessage reply, Caller caller, HttpContext http) => new(
        caller,
        new ReplySource(room, reply.Id, new ReplyCursor(reply.Attempt, 0), http),
        new UiMessageStream(http, room.Key.RoomId, reply));

    private static async Task<IResult> ListMessages(
        MessagePageQuery query, ChatPath path, IOptions<PublicUrlOptions> address, IGrainFactory grains, HttpContext http)
    {
        if (await path.Read(grains, query.Limit, query.Before, http.RequestAborted) is not { } chat)
        {
            return ChatroomProblems.Deleted;
        }

        var page = UiMessagePage.Newest(chat.View, GetFilesOrigin(address.Value, http.Request));
        var link = page.OlderBefore is { } before
            ? $"</ai/chat/{Uri.EscapeDataString(path.Id)}/messages?limit={query.Limit}&before={before}>; rel=\"next\""
            : null;
        return new SerializedJsonResult(page.Body, link);
    }

    private static async Task<IResult> Stop(ChatPath path, IOptions<PublicUrlOptions> address, IGrainFactory grains, HttpContext http)
    {
        if (await path.Read(grains, limit: 1, before: null, http.RequestAborted) is not { } chat)
        {
            return ChatroomProblems.Deleted;
        }

        return chat.RunningReply is { } reply
            && await GrainCalls.RetryAsync(() => chat.Room.Grain.Stop(reply.Id), http.RequestAborted) is { } stopped
            ? TypedResults.Ok(UiMessage.Of(stopped, chat.Room.Key.RoomId, GetFilesOrigin(address.Value, http.Request)))
            : TypedResults.NoContent();
    }

    private static string GetFilesOrigin(PublicUrlOptions options, HttpRequest request) =>
        options.PublicUrl ?? PublicUrlOptions.OriginOf(request) ?? "";
}
