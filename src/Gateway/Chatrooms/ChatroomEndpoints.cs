using System.Net.Mime;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Streams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The rooms of a user.</summary>
internal static class ChatroomEndpoints
{
    // A fork counts as so many requests of the user's limit: while it is stored, other writes wait.
    private const int ForkRequests = 30;

    private static readonly InstanceCache<RoomList, SerializedJson> ListCache =
        new(static list => SerializeList(SelectRooms(list, areArchived: false)));

    private static readonly InstanceCache<RoomView, MessagePage> PageCache =
        new(static view => MessagePage.Of(RoomViewResponse.Of(view), view.HasOlder));

    public static void AddChatrooms(this IServiceCollection services)
    {
        services.AddSingleton<ReplyRenderer>();
        services.AddSingleton<StreamPump>();
        services.AddSingleton<ReplyStreamLimiter>();
        services.AddSingleton<HtmlStreamLimiter>();
    }

    public static void MapChatrooms(this IEndpointRouteBuilder app)
    {
        var rooms = app.MapGroup("/chatroom").WithTags("Chatrooms").RequireAuthorization().WithParameterValidation();
        rooms.MapPost("", Create).WithName("createRoom").WithSummary("Create a room")
            .WithDescription("A room without a name gets a title after its first exchange. Model, thinking and search are defaults for its messages.")
            .Accepts(RoomExamples.Create, RoomExamples.InvalidCreate).Produces(RoomExamples.Created, 201)
            .WithHeader(201, "Location", RoomPath.Of(Example.RoomId))
            .ProducesProblem(ChatroomProblems.KeyReused, ChatroomProblems.Gone, ChatroomProblems.TooManyRooms(IUserGrain.MaxRooms))
            .ProducesProblem(RoomExamples.OptionsRefused);
        rooms.MapGet("", List).WithName("listRooms").WithSummary("List the rooms, pinned ones first, then the newest activity first")
            .WithDescription("Temporary rooms are left out, and archived ones unless `archived=true` asks for them.")
            .WithRequestHeader("If-None-Match").Produces(RoomExamples.List)
            .Produces(304, "Nothing has changed since the answer with this `ETag`.")
            .WithHeader(200, "ETag", Example.ETag).WithHeader(304, "ETag", Example.ETag)
            .WithHeader(200, "Link", RoomExamples.NextRooms).ProducesProblem(ChatroomProblems.BadCursor).Compress();
        rooms.MapGet("/{id}", Read).WithName("readRoom").WithSummary("Read a room and its newest messages")
            .WithDescription("A page of the newest messages. `Link` leads to the older ones. `view=path` shows the branch that a person reads.")
            .WithRequestHeader("If-None-Match").Produces(RoomExamples.View).WithHeader(200, "Link", RoomExamples.OlderMessages)
            .Produces(304, "Nothing has changed since the answer with this `ETag`.")
            .WithHeader(200, "ETag", RoomExamples.ETag).WithHeader(304, "ETag", RoomExamples.ETag).Compress();
        rooms.MapPatch("/{id}", Update).WithName("updateRoom").WithSummary("Change a room, pin or archive it, or show another branch")
            .WithDescription("Only the members that are sent change. With `If-Match`, nothing changes if the room has another version meanwhile.")
            .Accepts(RoomExamples.Update, RoomExamples.InvalidUpdate).Produces(RoomExamples.Updated)
            .WithHeader(200, "ETag", IfMatch.ToETag(4)).ProducesProblem(ChatroomProblems.Outdated).ProducesProblem(RoomExamples.OptionsRefused);
        rooms.MapDelete("/{id}", Delete).WithName("deleteRoom").WithSummary("Delete a room for good")
            .WithDescription("With its messages and shares. A running reply ends.")
            .Produces(204, "Deleted.");
        rooms.MapPost("/{id}/fork", Fork).WithName("forkRoom").WithSummary("Create a room with a copy of a branch")
            .WithDescription(
                "At most 2,000 messages with 2 MB of text. It counts as 30 requests. The system prompt is copied; feedback is not. A copy of a temporary room is temporary.")
            .Accepts(RoomExamples.Fork, RoomExamples.InvalidFork).Produces(RoomExamples.Created, 201)
            .WithHeader(201, "Location", RoomPath.Of(Example.RoomId))
            .ProducesProblem(
                ChatroomProblems.KeyReused, ChatroomProblems.Gone, ChatroomProblems.TooManyRooms(IUserGrain.MaxRooms),
                ChatroomProblems.BranchPending, ChatroomProblems.TooLongToCopy);
        rooms.MapGet("/{id}/export", RoomExport.Export).WithName("exportRoom").WithSummary("Download a room as JSON, Markdown or HTML")
            .WithDescription("The shown branch, without pages; with view=all all messages. As HTML it is one file with its styles and without scripts.")
            .VaryByAccept().Produces(RoomExamples.View).ProducesText(MediaTypeNames.Text.Markdown, ("conversation", () => RoomExamples.Markdown))
            .ProducesText(MediaTypeNames.Text.Html, ("page", () => RoomExamples.Page))
            .WithHeader(200, "Content-Disposition", RoomExport.ToContentDisposition(RoomExamples.Name, "md"))
            .ProducesProblem(RoomExport.BadFormat);
    }

    private static async Task<Results<Created<CreatedRoomResponse>, Problem>> Create(
        IdempotencyKey key, JsonBody<CreateRoomRequest> body, Caller caller, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        // The id is chosen before the call, so a repeated call reaches the same room even without a key.
        var id = key.Value is { } chosen ? RoomIds.FromIdempotencyKey(caller.UserId, chosen) : RoomIds.New(time);
        var room = grains.Chatroom(new RoomKey(caller.UserId, id));
        return ToResult(await GrainCalls.RetryAsync(() => room.Create(body.Value.ToRoom()), http.RequestAborted), time);
    }

    private static async Task<Results<Created<CreatedRoomResponse>, Problem>> Fork(
        IdempotencyKey key, JsonBody<ForkRoomRequest> body, RoomPath path, Caller caller, UserRateLimiter limiter, IGrainFactory grains,
        TimeProvider time, HttpContext http)
    {
        if (limiter.Acquire(caller.UserId, ForkRequests - 1) is { } refusal)
        {
            return refusal;
        }

        var id = key.Value is { } chosen ? RoomIds.FromIdempotencyKey(caller.UserId, chosen) : RoomIds.New(time);
        var room = grains.Chatroom(new RoomKey(caller.UserId, id));

        // A repeat gets the first outcome, whatever has become of the other room.
        if (key.Value is not null
            && await GrainCalls.RetryAsync(() => room.FindCopy(body.Value.ToText(path.Key.RoomId)), http.RequestAborted) is { } earlier)
        {
            return ToResult(earlier, time);
        }

        if (await GrainCalls.RetryAsync(() => path.Grain.GetBranch(body.Value.MessageId), http.RequestAborted) is not { } branch)
        {
            return RoomPath.NotFound;
        }

        if (branch.IsPending)
        {
            return ChatroomProblems.BranchPending;
        }

        return ToResult(await GrainCalls.RetryAsync(() => room.Create(body.Value.ToRoom(branch)), http.RequestAborted), time);
    }

    private static Results<Created<CreatedRoomResponse>, Problem> ToResult(CreateRoomOutcome outcome, TimeProvider time) => outcome switch
    {
        CreateRoomOutcome.Created created =>
            TypedResults.Created(RoomPath.Of(created.Room.Id), CreatedRoomResponse.Of(created)),
        var refused => TurnProblems.Of(refused, time),
    };

    private static async Task<Results<SerializedJsonResult, Problem>> List(
        RoomListQuery query, Caller caller, IGrainFactory grains, HttpContext http)
    {
        var list = await GrainCalls.RetryAsync(() => grains.User(caller.UserId).ListRooms(), http.RequestAborted);
        if (query is { Cursor: null, IsArchived: false } && list.Rooms.Length <= query.Limit)
        {
            return new SerializedJsonResult(ListCache.GetOrAdd(list), tagged: true);
        }

        var rooms = SelectRooms(list, query.IsArchived);
        var start = query.Cursor is null ? 0 : RoomListCursor.FindStart(rooms, query.Cursor);
        return start is { } from ? ToPageResult(rooms, from, query) : ChatroomProblems.BadCursor;
    }

    private static ImmutableArray<RoomSummary> SelectRooms(RoomList list, bool areArchived) =>
        [.. list.Rooms.Where(room => !room.IsTemporary && room.IsArchived == areArchived)];

    private static SerializedJsonResult ToPageResult(ImmutableArray<RoomSummary> rooms, int start, RoomListQuery query)
    {
        var page = rooms[start..Math.Min(rooms.Length, start + query.Limit)];
        var archived = query.IsArchived ? "archived=true&" : "";
        var link = start + page.Length < rooms.Length
            ? $"</chatroom?{archived}limit={query.Limit}&cursor={RoomListCursor.Encode(page[^1])}>; rel=\"next\""
            : null;
        return new SerializedJsonResult(SerializeList(page), link, tagged: true);
    }

    private static SerializedJson SerializeList(ImmutableArray<RoomSummary> rooms) =>
        SerializedJson.Of(ImmutableArray.CreateRange(rooms, RoomResponse.Of), Json.Context.ImmutableArrayRoomResponse);

    private static async Task<Results<SerializedJsonResult, Problem>> Read(
        MessagePageQuery query, ViewQuery shown, RenderQuery render, RoomPath path, ReplyRenderer renderer, HttpContext http)
    {
        var (room, isPath) = (path.Grain, shown.IsPath is true);
        var view = await GrainCalls.RetryAsync(
            () => isPath ? room.ReadBranch(query.Limit, query.Before) : room.Read(query.Limit, query.Before), http.RequestAborted);
        if (view is null)
        {
            return RoomPath.NotFound;
        }

        var page = render.AsHtml
            ? MessagePage.Of(RoomViewResponse.WithHtml(view, await renderer.RenderAsync(view.Messages, http.RequestAborted)), view.HasOlder)
            : PageCache.GetOrAdd(view);
        var link = page.OlderThan is { } older
            ? $"<{RoomPath.Of(view.Room.Id)}?limit={query.Limit}&before={older}{(isPath ? "&view=path" : "")}{(render.AsHtml ? "&render=html" : "")}>; rel=\"next\""
            : null;
        return new SerializedJsonResult(page.Body, link, tagged: true);
    }

    private static async Task<Results<Ok<UpdatedRoomResponse>, Problem>> Update(
        IfMatch ifMatch, JsonBody<UpdateRoomRequest> body, RoomPath path, TimeProvider time, HttpContext http)
    {
        switch (await GrainCalls.RetryAsync(() => path.Grain.Update(body.Value.ToPatch(ifMatch.Versions)), http.RequestAborted))
        {
            case UpdateRoomOutcome.Updated updated:
                http.Response.Headers.ETag = IfMatch.ToETag(updated.Room.Version);
                return TypedResults.Ok(UpdatedRoomResponse.Of(updated));
            case UpdateRoomOutcome.OptionsRefused(var refusal):
                return ReplyOptionsMapping.ToProblem(refusal, time);
            case UpdateRoomOutcome.Outdated:
                return ChatroomProblems.Outdated;
            case UpdateRoomOutcome.RoomAbsent or UpdateRoomOutcome.MessageAbsent:
                return RoomPath.NotFound;
            case var other:
                throw new NotSupportedException(other.GetType().Name);
        }
    }

    private static async Task<Results<NoContent, Problem>> Delete(RoomPath path, HttpContext http) =>
        await GrainCalls.RetryAsync(() => path.Grain.Delete(), http.RequestAborted) ? TypedResults.NoContent() : RoomPath.NotFound;
}
