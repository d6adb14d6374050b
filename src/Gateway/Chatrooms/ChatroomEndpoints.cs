using System.Collections.Immutable;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The rooms of a user.</summary>
internal static class ChatroomEndpoints
{
    private static readonly RenderCache<RoomList, Rendered> Lists = new(static list => ListOf(list.Rooms));

    private static readonly RenderCache<RoomView, RoomPage> Pages =
        new(static view => RoomPage.Of(RoomViewResponse.Of(view), view.HasOlder));

    public static void MapChatrooms(this IEndpointRouteBuilder app)
    {
        var rooms = app.MapGroup("/chatroom").WithTags("Chatrooms").RequireAuthorization();
        rooms.MapPost("", Create).Says("createRoom", "Create a room").Heeds(IdempotencyKey.Header)
            .Takes(RoomExamples.Create, RoomExamples.FlawedCreate).Gives(RoomExamples.Created, 201)
            .Sends(201, "Location", RoomAddress.Path(Example.RoomId))
            .Refuses(IdempotencyKey.Malformed, ChatroomProblems.KeyReused, ChatroomProblems.Gone)
            .Refuses(ChatroomProblems.TooManyRooms(IUserGrain.MaxRooms));
        rooms.MapGet("", List).Says("listRooms", "List the rooms, newest activity first").Pages(IUserGrain.MaxRooms)
            .Heeds("If-None-Match").Gives(RoomExamples.List).Gives(304, "Nothing has changed since the answer with this `ETag`.")
            .Sends(200, "ETag", Example.ETag).Sends(304, "ETag", Example.ETag).Sends(200, "Link", RoomExamples.NextRooms)
            .Refuses(Page.BadLimit(IUserGrain.MaxRooms), ChatroomProblems.BadCursor);
        rooms.MapGet("/{id}", Read).Says("readRoom", "Read a room and its newest messages").Pages(Limits.MessagePage)
            .Gives(RoomExamples.View).Sends(200, "Link", RoomExamples.OlderMessages)
            .Refuses(Page.BadLimit(Limits.MessagePage), Page.BadBefore, RenderChoice.Unknown, RoomAddress.Absent);
    }

    private static async Task<IResult> Create(
        Body<CreateRoomRequest> body, Caller caller, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var problem))
        {
            return problem;
        }

        if (body.Value is not { } request)
        {
            return body.Refusal;
        }

        // The id is settled here, so a repeat meets the same room even without a key.
        var id = key is null ? RoomIds.New(time) : RoomIds.Derive(caller.UserId, key);
        var room = grains.Chatroom(new RoomKey(caller.UserId, id));
        var outcome = await Patient.Ask((room, New: request.ToRoom()), static call => call.room.Create(call.New), http.RequestAborted);
        return outcome switch
        {
            CreateRoomOutcome.Created created =>
                TypedResults.Created(RoomAddress.Path(created.Room.Id), CreatedRoomResponse.Of(created.Room)),
            CreateRoomOutcome.Differs => ChatroomProblems.KeyReused,
            CreateRoomOutcome.Deleted => ChatroomProblems.Gone,
            CreateRoomOutcome.TooManyRooms many => ChatroomProblems.TooManyRooms(many.Limit),
            CreateRoomOutcome.UserAbsent => Problems.Unauthorized,
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    private static async Task<IResult> List(
        string? limit, string? cursor, Caller caller, IGrainFactory grains, HttpContext http)
    {
        if (Page.Limit(limit, IUserGrain.MaxRooms, out var most) is { } problem)
        {
            return problem;
        }

        var list = await Patient.Ask(grains.User(caller.UserId), static user => user.ListRooms(), http.RequestAborted);
        if (cursor is null && list.Rooms.Length <= most)
        {
            return new RenderedResult(Lists.Of(list), tagged: true);
        }

        var start = cursor is null ? 0 : RoomPages.After(list.Rooms, cursor);
        return start is { } from ? Slice(list.Rooms, from, most) : ChatroomProblems.BadCursor;
    }

    private static RenderedResult Slice(ImmutableArray<RoomSummary> rooms, int start, int most)
    {
        var page = rooms[start..Math.Min(rooms.Length, start + most)];
        var link = start + page.Length < rooms.Length
            ? $"</chatroom?limit={most}&cursor={RoomPages.Cursor(page[^1])}>; rel=\"next\""
            : null;
        return new RenderedResult(ListOf(page), link, tagged: true);
    }

    private static Rendered ListOf(ImmutableArray<RoomSummary> rooms) =>
        Rendered.Of(ImmutableArray.CreateRange(rooms, RoomResponse.Of), Json.Context.ImmutableArrayRoomResponse);

    private static async Task<IResult> Read(
        string id, string? limit, string? before, string? render, Caller caller, IGrainFactory grains, ReplyRenderer renderer, HttpContext http)
    {
        if (Page.Limit(limit, Limits.MessagePage, out var most) is { } badLimit)
        {
            return badLimit;
        }

        if (Page.Before(before, out var older) is { } badBefore)
        {
            return badBefore;
        }

        if (RenderChoice.Read(render, out var asHtml) is { } badRender)
        {
            return badRender;
        }

        var room = grains.Room(caller.UserId, id);
        var view = room is null
            ? null
            : await Patient.Ask((room, most, older), static call => call.room.Read(call.most, call.older), http.RequestAborted);
        if (view is null)
        {
            return RoomAddress.Absent;
        }

        var page = asHtml
            ? RoomPage.Of(RoomViewResponse.WithHtml(view, await renderer.RenderAsync(view.Messages, http.RequestAborted)), view.HasOlder)
            : Pages.Of(view);
        return new RenderedResult(page.Body, Older(view.Room.Id, page, most, asHtml));
    }

    private static string? Older(Guid id, RoomPage page, int limit, bool asHtml) => page.OlderThan is { } before
        ? $"<{RoomAddress.Path(id)}?limit={limit}&before={before}{(asHtml ? "&render=html" : "")}>; rel=\"next\""
        : null;
}
