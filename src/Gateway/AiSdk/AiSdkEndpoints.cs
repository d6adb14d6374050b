using System.Text.Json;
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
        the id of a room, or another text of up to 64 characters without a slash, which names a room of the user's own; the first message creates it. The
        id of the message is its idempotency key. With `messageId` of an earlier message of the user, the message is a new version of that one.
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
            .ProducesProblem(ChatBody.TooLarge, RoomPath.NotFound, ChatroomProblems.KeyReused, ChatroomProblems.ReplyPending, ChatroomProblems.Gone)
            .ProducesProblem(ChatroomProblems.TooManyRooms(IUserGrain.MaxRooms), ChatroomProblems.QueueFull(20), ChatroomProblems.TooManyVersions(200))
            .ProducesProblem(UserExamples.DailyLimitReached, UserExamples.AcceptanceLimitReached, UserExamples.SearchLimitReached)
            .ProducesProblem(RoomExamples.OptionsRefused).ProducesProblem(FileProblems.Absent, FileProblems.UnsupportedType, FileProblems.StorageFull)
            .ProducesProblem(FileProblems.TooManyUploadsOfUser, FileProblems.TooManyUploads);
        chats.MapGet("/{chat_id}/stream", Resume).WithName("resumeChat").WithSummary("Follow the running reply from its first chunk")
            .WithDescription($"{StreamDescription}\n\n{ErrorsDescription}").VaryByAccept().Streams()
            .Produces(204, "The newest message has no running reply.");
        chats.MapGet("/{chat_id}/messages", ListMessages).WithName("listChatMessages").WithSummary("Read the newest messages of the shown branch, for useChat")
            .WithDescription(ErrorsDescription).VaryByAccept().Produces(AiSdkExamples.Messages).WithHeader(200, "Link", AiSdkExamples.OlderMessages);
        chats.MapPost("/{chat_id}/stop", Stop).WithName("stopChat").WithSummary("Stop the running reply and keep what has arrived")
            .WithDescription($"`stop()` of `useChat` only leaves the stream: call this route too. {ErrorsDescription}").VaryByAccept()
            .Produces(AiSdkExamples.Stopped).Produces(204, "The newest message has no running reply.");
    }

    private static RouteHandlerBuilder Streams(this RouteHandlerBuilder route) => route
        .ProducesEvents(AiSdkExamples.Chunks)
        .WithHeader(200, UiMessageStream.VersionHeader, UiMessageStream.Version)
        .ProducesProblem(ReplyStreamLimiter.LimitReached(RequestOptions.DefaultReplyStreams));

    private static async Task<IResult> Send(
        IdempotencyKey key, ChatBody body, Caller caller, ChatTurns turns, ReplyStreamLimiter streams, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        // Before the turn: a message that is stored must not be refused.
        if (streams.Acquire(caller.UserId) is not { } place)
        {
            return ReplyStreamLimiter.LimitReached(streams.StreamsPerUser);
        }

        http.Response.RegisterForDispose(place);
        var room = await new ChatPath(body.Value.Id!, caller.UserId).FindRoom(grains, http.RequestAborted);
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
        var room = await path.FindRoom(grains, http.RequestAborted);
        if (await FindRunningReply(room, http) is not { } reply)
        {
            return TypedResults.NoContent();
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            UiMessageStream.WriteHeaders(http.Response);
            return Results.Empty;
        }

        if (streams.Acquire(caller.UserId) is not { } place)
        {
            return ReplyStreamLimiter.LimitReached(streams.StreamsPerUser);
        }

        http.Response.RegisterForDispose(place);
        return Follow(room, reply, caller, http);
    }

    private static StreamResult<ReplyProgress> Follow(RoomPath room, RoomMessage reply, Caller caller, HttpContext http) => new(
        caller,
        new ReplySource(room, reply.Id, new ReplyCursor(reply.Attempt, 0), http),
        new UiMessageStream(http, room.Key.RoomId, reply));

    private static async Task<IResult> ListMessages(
        MessagePageQuery query, ChatPath path, IOptions<PublicUrlOptions> address, IGrainFactory grains, HttpContext http)
    {
        var room = await path.FindRoom(grains, http.RequestAborted);
        var view = await GrainCalls.RetryAsync(() => room.Grain.ReadBranch(query.Limit, query.Before), http.RequestAborted);
        var origin = address.Value.PublicUrl ?? PublicUrlOptions.OriginOf(http.Request) ?? "";
        var page = view is null ? [] : SelectNewest(view, origin);
        var isWhole = view is null || (!view.HasOlder && page.Count == view.Messages.Length);
        var link = isWhole || page.Count == 0
            ? null
            : $"</ai/chat/{Uri.EscapeDataString(path.Id)}/messages?limit={query.Limit}&before={view!.Messages[^page.Count].Id}>; rel=\"next\"";
        return new SerializedJsonResult(new SerializedJson(Join(page)), link);
    }

    /// <summary>The newest messages as JSON, at most <see cref="SizeLimits.MaxPageBytes"/> unless a single one is larger.</summary>
    private static List<byte[]> SelectNewest(RoomView view, string filesOrigin)
    {
        var (page, left) = (new List<byte[]>(view.Messages.Length), SizeLimits.MaxPageBytes);
        foreach (var message in view.Messages.Reverse())
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(UiMessage.Of(message, view.Room.Id, filesOrigin), Json.Context.UiMessage);
            left -= json.Length;
            if (left < 0 && page.Count > 0)
            {
                break;
            }

            page.Add(json);
        }

        page.Reverse();
        return page;
    }

    private static byte[] Join(List<byte[]> messages)
    {
        using var json = new MemoryStream();
        json.WriteByte((byte)'[');
        for (var index = 0; index < messages.Count; index++)
        {
            json.Write(index == 0 ? [] : ","u8);
            json.Write(messages[index]);
        }

        json.WriteByte((byte)']');
        return json.ToArray();
    }

    private static async Task<IResult> Stop(ChatPath path, IOptions<PublicUrlOptions> address, IGrainFactory grains, HttpContext http)
    {
        var room = await path.FindRoom(grains, http.RequestAborted);
        if (await FindRunningReply(room, http) is not { } reply
            || await GrainCalls.RetryAsync(() => room.Grain.Stop(reply.Id), http.RequestAborted) is not { } stopped)
        {
            return TypedResults.NoContent();
        }

        var origin = address.Value.PublicUrl ?? PublicUrlOptions.OriginOf(http.Request) ?? "";
        return TypedResults.Ok(UiMessage.Of(stopped, room.Key.RoomId, origin));
    }

    /// <summary>The last message of the shown branch, if it is a reply that is being written.</summary>
    private static async Task<RoomMessage?> FindRunningReply(RoomPath room, HttpContext http)
    {
        var view = await GrainCalls.RetryAsync(() => room.Grain.ReadBranch(limit: 1, before: null), http.RequestAborted);
        return view?.Messages is [{ Sender: Sender.Ai } last] && last.Status.IsPending() ? last : null;
    }
}
